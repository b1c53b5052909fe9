/**
 * Lay out JSON text over lines, two spaces a level, without reading its values: amounts keep the
 * digits they came with.
 */
export function indentJson(text: string): string {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let depth = 0;
  let out = "";
  const newline = () => `\n${"  ".repeat(depth)}`;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    const closes = next === "}" || next === "]";
    if (token === "{" || token === "[") {
      depth++;
      out += closes ? token : token + newline();
    } else if (token === "}" || token === "]") {
      const empty = tokens[index - 1] === "{" || tokens[index - 1] === "[";
      depth--;
      out += empty ? token : newline() + token;
    } else if (token === ",") out += token + newline();
    else out += token === ":" ? ": " : token;
  }
  return out;
}
