import { expect, it } from "vitest";
import { importsOf } from "./imports-of.ts";

it("sees every kind of import, and nothing else", () => {
  const source = [
    'import "a";',
    'import type { B } from "b";',
    'import c, {\n  type C,\n} from "c";',
    'import * as d from "d";',
    'export type { E } from "e";',
    'const f = await import("f");',
    'const worker = new URL("./g.ts", import.meta.url);',
    'export interface H {\n  readonly kind: "h";\n}',
    'export const from = "i";',
  ].join("\n");
  expect(importsOf(source)).toEqual(["a", "b", "c", "d", "e", "f", "./g.ts"]);
});
