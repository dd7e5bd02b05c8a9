import { spawnSync } from 'node:child_process';

// npm run audit: fails on an advisory of severity high or above against what is deployed. Where the registry answers no
// audits, as mirrors do, it says so and goes on. `.npmrc` has audit=false, so that an install does not ask each time.

interface Report {
  /** Of an audit that was answered. */
  auditReportVersion?: number;
  vulnerabilities?: Record<string, { severity: string; range: string }>;
  /** Of one that was not. */
  message?: string;
  error?: { code?: string; summary?: string };
}

const { stdout, stderr, status } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
const report = parse(stdout);
if (report.auditReportVersion !== undefined) {
  const found = Object.entries(report.vulnerabilities ?? {}).filter(([, { severity }]) =>
    ['high', 'critical'].includes(severity),
  );
  for (const [name, { severity, range }] of found) console.error(`${severity}: ${name} ${range}`);
  if (status === 0) console.log('No advisory of severity high or above');
  process.exitCode = status ?? 1;
} else if (report.message !== undefined && report.error?.code === undefined) {
  console.log('Not audited: the package registry answers no audits');
} else {
  console.error(`npm audit failed: ${report.error?.summary ?? stderr}`);
  process.exitCode = 1;
}

function parse(text: string | null): Report {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return {};
  }
}
