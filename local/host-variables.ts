type Environment = Readonly<Record<string, string | undefined>>;

const rules: Record<string, { pattern: RegExp; expected: string }> = {
  LLM_PORT: {
    pattern: /^(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|\d{1,4})$/,
    expected: 'a port from 0 to 65535, of which 0 takes a free one',
  },
  LLM_HOST: {
    pattern: /^(?!.*:\/\/)[\w.:-]+$/,
    expected: 'an address or a host name, such as 127.0.0.1, without scheme and port',
  },
  LLM_LOG_LEVEL: { pattern: /^(debug|info|silent)$/i, expected: 'debug, info or silent' },
  LLM_ALLOW_OPEN_NETWORK: { pattern: /^(true|false|1|0)$/, expected: 'true or false' },
};

/** Throws an Error that lists the variables of the host which say what it does not know. */
export function checkHostVariables(environment: Environment): void {
  const faults = Object.entries(rules).flatMap(([name, { pattern, expected }]) => {
    const value = environment[name]?.trim() ?? '';
    return value === '' || pattern.test(value)
      ? []
      : [`  - ${name} must be ${expected}, not ${JSON.stringify(value)}`];
  });
  if (faults.length > 0) throw new Error(`The configuration is wrong:\n${faults.join('\n')}`);
}
