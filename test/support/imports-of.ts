/**
 * Every module a source file names, types included: a bundler drops those, yet they bind two
 * folders just the same. A pattern is enough, because Biome keeps every statement in one shape.
 */
export function importsOf(source: string): string[] {
  const statements =
    /^(?:import|export)\s(?:[\w*{},\s]+?\sfrom\s)?"([^"]+)"|\bimport\(\s*"([^"]+)"|\bnew URL\(\s*"([^"]+\.ts)"/gm;
  return [...source.matchAll(statements)].map(
    ([, named, dynamic, worker]) => named ?? dynamic ?? worker ?? "",
  );
}
