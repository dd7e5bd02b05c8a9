import { dirname, join, relative } from 'node:path';
// The compiler's own API, not stable yet; its version is pinned exactly.
import type {
  FunctionDeclaration,
  MethodDeclaration,
  Node,
  ObjectBindingPattern,
  ObjectLiteralExpression,
  PropertyAssignment,
  ShorthandPropertyAssignment,
  VariableDeclaration,
} from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isBindingElement,
  isCallExpression,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isImportDeclaration,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isNewExpression,
  isObjectBindingPattern,
  isObjectLiteralExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isStringLiteral,
  isTemplateHead,
  isTypeAliasDeclaration,
  isTypeNode,
  isVariableDeclaration,
} from 'typescript/unstable/ast/is';
import {
  API,
  type Project,
  SignatureKind,
  SymbolFlags,
  type Symbol as TypeSymbol,
} from 'typescript/unstable/sync';
import { root } from '../../unit/read-imports.ts';
import type { Sources, Unit } from './sources.ts';

const folders = ['functions', 'core', 'adapters', 'config'];

/** Reads every function of the service and what each names, by the types of the compiler. */
export function readSources(): Sources {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${root}/tsconfig.json`] }).getProjects();
    if (!project) throw new Error('tsconfig.json cannot be opened');
    const sources: Sources = {
      units: new Map(),
      implementations: new Map(),
      taken: new Map(),
      memberNames: new Map(),
    };
    for (const path of project.rootFiles) {
      const file = relative(root, path);
      if (folders.some((folder) => file.startsWith(`${folder}/`))) readFile(project, path, file, sources);
    }
    return sources;
  } finally {
    api.close();
  }
}

function readFile(project: Project, path: string, file: string, sources: Sources): void {
  const { checker, program } = project;
  const source = program.getSourceFile(path);
  if (!source) throw new Error(`${file} cannot be read`);
  const keysOf = (symbol: TypeSymbol | undefined): string[] => {
    const target = symbol && (symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
    return (target?.declarations ?? []).map((declaration) => {
      const key = `${relative(root, declaration.path)} ${declaration.index}`;
      sources.memberNames.set(key, `${relative(root, declaration.path)} ${target?.name}`);
      return key;
    });
  };
  const keyOf = (node: Node) => `${file} ${(node as unknown as { index: number }).index}`;
  const add = (key: string, name: string, around: Unit | undefined): Unit => {
    const unit: Unit = {
      file,
      name,
      around,
      named: new Set(),
      loads: new Set(),
      commands: new Set(),
      texts: new Set(),
    };
    sources.units.set(key, unit);
    return unit;
  };
  const names: { node: Node; unit: Unit }[] = [];

  const walk = (node: Node, unit: Unit): void => {
    if (isTypeNode(node) || isInterfaceDeclaration(node) || isTypeAliasDeclaration(node)) return;
    if (isImportDeclaration(node)) return;
    if (isIdentifier(node)) names.push({ node, unit });
    else if (isStringLiteral(node) || isTemplateHead(node)) {
      unit.texts.add(node.text);
      // Frames are signed for it, and sent without a command.
      if (node.text === 'execute-api') unit.commands.add('PostToConnection');
    } else if (isBindingElement(node)) {
      // Taken out is not yet used: its names count where they are used.
      for (const part of [node.name, node.initializer]) if (part && !isIdentifier(part)) walk(part, unit);
    } else if (isObjectLiteralExpression(node)) walkObject(node, unit);
    else {
      if (isObjectBindingPattern(node)) readPattern(node);
      const [, command] = (isNewExpression(node) && /^(\w+)Command$/.exec(node.expression.getText())) || [];
      if (command) unit.commands.add(command);
      const [, loaded] = (isCallExpression(node) && /^import\('(\..+)'\)$/.exec(node.getText())) || [];
      if (loaded) unit.loads.add(join(dirname(file), loaded));
      const own = isUnit(node, unit) ? add(keyOf(node), node.name?.getText() ?? '', unit) : unit;
      // What a file declares is evaluated when it is loaded, a function when it is named.
      if (own !== unit && isVariableDeclaration(node) && !isFunction(node.initializer))
        unit.named.add(keyOf(node));
      node.forEachChild((child) => walk(child, own));
    }
  };
  const readPattern = (pattern: ObjectBindingPattern): void => {
    const type = checker.getTypeAtLocation(pattern);
    for (const element of pattern.elements) {
      const name = (element.propertyName ?? element.name)?.getText() ?? '';
      const members = type && !element.dotDotDotToken ? keysOf(checker.getPropertyOfType(type, name)) : [];
      sources.taken.set(keyOf(element), members);
    }
  };
  const isFunctionValue = (symbol: TypeSymbol | undefined): boolean => {
    const type = symbol && checker.getTypeOfSymbol(symbol);
    return type !== undefined && checker.getSignaturesOfType(type, SignatureKind.Call).length > 0;
  };
  /** A method of an object of a known type is a unit, and stands for the type's member. */
  const walkObject = (object: ObjectLiteralExpression, unit: Unit): void => {
    const methods = object.properties.filter((member): member is Method =>
      isShorthandPropertyAssignment(member)
        ? isFunctionValue(checker.getShorthandAssignmentValueSymbol(member))
        : isMethodDeclaration(member) || (isPropertyAssignment(member) && isFunction(member.initializer)),
    );
    // What an entry file hands over counts as used: its type may be another's by the time it is called.
    const isHandedOver = methods.length === 0 || file.startsWith('functions/');
    const type = isHandedOver ? undefined : checker.getContextualType(object);
    for (const member of object.properties) {
      const method = methods.find((each) => each === member);
      const name = method?.name.getText() ?? '';
      const keys = type && method ? keysOf(checker.getPropertyOfType(type, name)) : [];
      const own = keys.length > 0 ? add(keyOf(member), name, unit) : unit;
      for (const key of keys)
        sources.implementations.set(key, [...(sources.implementations.get(key) ?? []), own]);
      if (isShorthandPropertyAssignment(member))
        for (const key of keysOf(checker.getShorthandAssignmentValueSymbol(member))) own.named.add(key);
      else member.forEachChild((child) => walk(child, own));
    }
  };
  const whole = add(file, file, undefined);
  source.forEachChild((child) => walk(child, whole));
  const symbols = checker.getSymbolAtLocation(names.map(({ node }) => node));
  for (const [index, { unit }] of names.entries())
    for (const key of keysOf(symbols[index])) unit.named.add(key);
}

type Method = MethodDeclaration | ShorthandPropertyAssignment | PropertyAssignment;

function isUnit(node: Node, around: Unit): node is FunctionDeclaration | VariableDeclaration {
  if (isFunctionDeclaration(node)) return true;
  return isVariableDeclaration(node) && (around.around === undefined || isFunction(node.initializer));
}

function isFunction(node: Node | undefined): boolean {
  return node !== undefined && (isArrowFunction(node) || isFunctionExpression(node));
}
