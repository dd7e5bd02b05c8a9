/** Levels of a JSON document. Deeper than real data, and far below what exhausts the stack of recursive functions. */
export const deepestJson = 200;

/** Whether a JSON text nests deeper, found without recursion and before it is parsed: counts brackets outside of strings. */
export function nestsDeeper(json: string, limit = deepestJson): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < json.length; index += 1) {
    const letter = json[index];
    if (isInText && letter === '\\') index += 1;
    else if (letter === '"') isInText = !isInText;
    else if (isInText) continue;
    else if (letter === '[' || letter === '{') depth += 1;
    else if (letter === ']' || letter === '}') depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}
