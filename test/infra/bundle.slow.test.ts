import { expect, it } from "vitest";
import { bundle, bundledFunctions } from "#infra/bundle.ts";
import { checkBundles } from "../support/check-bundles.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

it("the bundles of all functions are ES modules within the budget", async () => {
  const folder = temporaryFolder();
  const bundles = await bundle(folder);
  expect(bundles.map(({ name }) => name)).toEqual(bundledFunctions());
  checkBundles(folder, bundles);
});
