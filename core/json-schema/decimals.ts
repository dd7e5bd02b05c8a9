/** mantissa × 10^exponent, exactly the number that JSON writes. */
interface Decimal {
  mantissa: bigint;
  exponent: number;
}

function toDecimal(value: number): Decimal {
  const [digits = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = digits.split('.');
  return { mantissa: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** Whether a number is a whole multiple of another, in decimal digits: 0.3 is one of 0.1, which binary fractions deny. */
export function isMultipleOf(value: number, step: number): boolean {
  if (!Number.isFinite(value)) return false;
  const one = toDecimal(value);
  const other = toDecimal(step);
  const exponent = Math.min(one.exponent, other.exponent);
  const scaled = ({ mantissa, exponent: own }: Decimal) => mantissa * 10n ** BigInt(own - exponent);
  return scaled(one) % scaled(other) === 0n;
}
