/** One `key=value` line, with where it stands, for the sentence that may have to name it. */
export interface ConfigLine {
  readonly key: string;
  readonly value: string;
  readonly line: number;
  /** Network of the `[section]` it stands in; `undefined` above the first. */
  readonly section: string | undefined;
}

export interface ConfigFile {
  readonly lines: readonly ConfigLine[];
  /** Sentences about lines that are neither a key, a section nor a comment. */
  readonly errors: readonly string[];
}

/** Read `exos.conf`: `key=value` lines, `# comments`, `[network]` sections. */
export function parseConfigFile(text: string): ConfigFile {
  const lines: ConfigLine[] = [];
  const errors: string[] = [];
  let section: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;

    const header = /^\[([^\]]+)\]$/.exec(line);
    const pair = /^([^=\s]+)\s*=\s*(.*)$/.exec(line);
    if (header?.[1] !== undefined) section = header[1].trim();
    else if (pair?.[1] !== undefined) {
      lines.push({ key: pair[1], value: pair[2] ?? "", line: index + 1, section });
    } else errors.push(`line ${index + 1}: expected key=value or [network], found "${line}"`);
  }
  return { lines, errors };
}
