import { type ExactNumber, numberText } from '../json/exact-number.ts';

/** ± digits × 10^exponent; the digits have no zero at either end, those of zero are ''. */
interface Decimal {
  isNegative: boolean;
  digits: string;
  exponent: number;
}

const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

function toDecimal(number: ExactNumber): Decimal {
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts.exec(numberText(number)) ?? [];
  const all = whole + fraction;
  let start = 0;
  let end = all.length;
  while (all[start] === '0') start += 1;
  while (end > start && all[end - 1] === '0') end -= 1;
  if (start === end) return { isNegative: false, digits: '', exponent: 0 };
  return {
    isNegative: sign === '-',
    digits: all.slice(start, end),
    exponent: clamp(Number(exponent)) - fraction.length + (all.length - end),
  };
}

/** Beyond any number that anybody means; a double counts on from here without a gap. */
const clamp = (exponent: number) => Math.max(-1e12, Math.min(1e12, exponent));

/** Below 0, 0 or above 0, as `one` is below, equal to or above `other`, in all their digits. */
export function compareNumbers(one: ExactNumber, other: ExactNumber): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [toDecimal(one), toDecimal(other)];
  return signOf(left) - signOf(right) || signOf(left) * compareSizes(left, right);
}

const signOf = ({ digits, isNegative }: Decimal) => (digits === '' ? 0 : isNegative ? -1 : 1);

function compareSizes(one: Decimal, other: Decimal): number {
  const order = one.digits.length + one.exponent - (other.digits.length + other.exponent);
  if (order !== 0) return order;
  if (one.digits === other.digits) return 0;
  return one.digits < other.digits ? -1 : 1;
}

/** Of numbers that are equal, such as 1, 1.0 and 10e-1, the same: a double where it writes one of them. */
export function normalize(number: ExactNumber): ExactNumber {
  if (typeof number === 'number') return number;
  const double = Number(numberText(number));
  if (Number.isFinite(double) && compareNumbers(number, { rawJSON: String(double) }) === 0) return double;
  const { isNegative, digits, exponent } = toDecimal(number);
  const text = `${isNegative ? '-' : ''}${digits}${exponent === 0 ? '' : `e${exponent}`}`;
  return JSON.rawJSON(text) as ExactNumber;
}

/** JSON Schema Validation §6.1.1: 1.0 is one. */
export function isWhole(number: ExactNumber): boolean {
  return typeof number === 'number' ? Number.isInteger(number) : toDecimal(number).exponent >= 0;
}

/** Whether a number is a whole multiple of another, in decimal digits: 0.3 is one of 0.1, which binary fractions deny. */
export function isMultipleOf(value: ExactNumber, step: ExactNumber): boolean {
  const one = toDecimal(value);
  const other = toDecimal(step);
  if (one.digits === '') return true;
  // Without a zero at its end it has no factor 10 left.
  if (one.exponent < other.exponent) return false;
  const divisor = BigInt(other.digits);
  const power = powerOfTen(one.exponent - other.exponent, divisor);
  return (BigInt(one.digits) * power) % divisor === 0n;
}

/** 10^exponent modulo a divisor, by squares: exponents have no bound. */
function powerOfTen(exponent: number, divisor: bigint): bigint {
  let result = 1n;
  let base = 10n % divisor;
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * base) % divisor;
    base = (base * base) % divisor;
  }
  return result;
}
