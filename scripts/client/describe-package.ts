interface PackageFile {
  name: string;
  version: string;
  license: string;
  type: string;
  exports: unknown;
  bin: unknown;
}

/** package.json of dist/: the paths of the project's own, and no dependency. */
export function describePackage({ name, version, license, type, exports, bin }: PackageFile): object {
  const paths = JSON.parse(JSON.stringify({ exports, bin }).replaceAll('"./dist/', '"./'));
  const description = 'Client and command line of LLM Service';
  return { name, version, description, license, type, engines: { node: '>=22' }, ...paths };
}
