import { builtinModules } from "node:module";
import type { Plugin } from "esbuild";

const NAMES = new Map(builtinModules.map((name) => [`node:${name.replace(/^node:/, "")}`, name]));

/** CommonJS, of which the bundler reads a name where the name is used. */
function contentsOf(name: string): string {
  const builtin: object | undefined = process.getBuiltinModule(name);
  if (builtin === undefined) throw new RangeError(`there is no ${name}`);
  const load = `process.getBuiltinModule("${name}")`;
  // Itself a class, such as a stream: who imports one extends it while being loaded.
  if (typeof builtin === "function" && name !== "node:module") return `module.exports = ${load};`;
  return [
    `const names = "${Object.keys(builtin).join(" ")}";`,
    "for (const name of names.split(' ')) {",
    `  const get = () => ${load}[name];`,
    "  Object.defineProperty(exports, name, { enumerable: true, get });",
    "}",
  ].join("\n");
}

/**
 * Parts of Node are loaded where something of them is first used. An `import` of one does more: it
 * loads the part and reads each name of it, also those behind which Node has yet another part, as
 * `WebSocket` of `node:http` and `webcrypto` of `node:crypto` are. TLS alone is a quarter of a start.
 */
export const lateBuiltins: Plugin = {
  name: "late-builtins",
  setup(build) {
    build.onResolve({ filter: /^(node:)?[a-z_0-9/]+$/ }, ({ path }) => {
      const name = path.startsWith("node:") ? path : `node:${path}`;
      return NAMES.has(name) ? { path: name, namespace: "builtin" } : undefined;
    });
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: contentsOf(path),
      loader: "js",
    }));
  },
};
