import { expect, it } from "vitest";
import { compileModule } from "#shared/crypto/assembly/compile.ts";

it("a module whose source is wrong is refused with the compiler's words", async () => {
  const broken = { name: "none", entry: "absent.ts", generated: {}, options: [] };
  await expect(compileModule(broken)).rejects.toThrow(/absent\.ts/);
});
