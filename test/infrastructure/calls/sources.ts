/** A piece of source that runs as a whole: a function, a method of an object, or what a file does when it is loaded. */
export interface Unit {
  /** From the root of the repository. */
  file: string;
  name: string;
  /** The unit around it; undefined for a file. */
  around: Unit | undefined;
  /** Declarations that it names, each by its key. */
  named: Set<string>;
  /** Files that it loads when it runs. */
  loads: Set<string>;
  /** AWS commands that it makes, such as `GetItem`. */
  commands: Set<string>;
  /** Its texts; of one with expressions what comes before the first. */
  texts: Set<string>;
}

export interface Sources {
  /** By the key of its declaration; files by their path. */
  units: Map<string, Unit>;
  /** Of a member of an interface, by its key: the methods of objects that stand for it. */
  implementations: Map<string, Unit[]>;
  /** A local name that was taken out of an object → the member that it is. */
  taken: Map<string, string[]>;
  /** Members of interfaces by their key, as `<interface's file> <name>`. */
  memberNames: Map<string, string>;
}
