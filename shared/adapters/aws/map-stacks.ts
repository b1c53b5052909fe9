/**
 * The first of every bundle (`infra/bundle.ts` puts it there): stacks name lines of the sources, by the
 * maps beside the modules. Node's own option for it reads every map as its module is loaded, 30 ms of
 * a start; here one is read when somebody reads the stack of a fault that came by its module.
 * @module
 */
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";

/** By the module's address; `undefined` where it has none. */
const maps = new Map<string, SourceMap | undefined>();

function readMap(module: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${module}.map`), "utf8")));
  } catch {
    // A stack that names lines of the bundle says more than a fault while one is told.
    return undefined;
  }
}

function mapOf(module: string): SourceMap | undefined {
  if (!maps.has(module)) maps.set(module, readMap(module));
  return maps.get(module);
}

/** One line of a stack, without its indent. */
function lineOf(site: NodeJS.CallSite): string {
  const text = site.toString();
  const module = site.getFileName();
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
  if (module === null || line === null || column === null) return text;
  if (!module.startsWith("file:")) return text;
  const origin = mapOf(module)?.findOrigin(line, column);
  if (origin === undefined || !("fileName" in origin)) return text;
  // Maps are beside their modules, some folders below the root of the project.
  const source = origin.fileName.replace(/^(?:\.\.\/)+/, "");
  const place = `${source}:${origin.lineNumber}:${origin.columnNumber}`;
  return text.replace(`${module}:${line}:${column}`, () => place);
}

Error.prepareStackTrace = (fault, sites) =>
  [Error.prototype.toString.call(fault), ...sites.map((site) => `    at ${lineOf(site)}`)].join(
    "\n",
  );
