import { randomBytes } from "node:crypto";
import { mkdir, mkdtempDisposable, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { searchWritten } from "#services/cli/cloud/rehearse/search-written.ts";
import { WRITTEN_KINDS, type Written } from "#services/cli/cloud/rehearse/written.ts";
import { writtenFiles } from "#services/cli/cloud/rehearse/written-files.ts";

const SECRET = randomBytes(32).toString("hex");
const SECRETS = { "edge-key": SECRET };

/** One thing of each kind, the secret among one of them. */
async function* allKinds(where: string): AsyncGenerator<Written> {
  for (const kind of WRITTEN_KINDS) {
    const text = `{"at":1,"key":"${kind === where ? SECRET : "none"}"}`;
    yield { kind, place: `${kind} 1`, bytes: gzipSync(text) };
    yield { kind, place: `${kind} 2`, bytes: Buffer.from("nothing") };
  }
}

describe("what a run wrote", () => {
  it.each(WRITTEN_KINDS)(
    "is told by its exact place where a secret is among its %s",
    async (kind) => {
      const { found, counts } = await searchWritten(allKinds(kind), SECRETS);
      expect(found).toEqual([{ kind, place: `${kind} 1`, what: "edge-key, as it is, compressed" }]);
      expect(Object.values(counts)).toEqual(WRITTEN_KINDS.map(() => 2));
    },
  );

  it("is counted where there is none", async () => {
    const { found, bytes } = await searchWritten(allKinds("nowhere"), SECRETS);
    expect(found).toEqual([]);
    expect(bytes).toBeGreaterThan(WRITTEN_KINDS.length * "nothing".length);
  });

  it("is not told by a name that holds the secret itself", async () => {
    async function* named(): AsyncGenerator<Written> {
      const place = `bucket of-exos, ${SECRET}`;
      yield { kind: "objects", place, bytes: Buffer.from(place) };
    }
    const { found } = await searchWritten(named(), SECRETS);
    expect(found.map(({ place }) => place)).toEqual(["the name of one of the objects"]);
  });

  it("is every file of a folder, whose name is looked at as well", async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), "exos-written-"));
    const below = join(folder.path, "a", "b");
    await mkdir(below, { recursive: true });
    await writeFile(join(below, "deep.log"), `x${SECRET}`);
    await writeFile(join(below, SECRET), "");
    await writeFile(join(folder.path, "other"), "nothing");
    await symlink("nowhere", join(folder.path, "broken"));
    const { found, counts } = await searchWritten(writtenFiles(folder.path), SECRETS);
    expect(counts.files).toBe(3);
    expect(found.map(({ place }) => place).toSorted()).toEqual([
      join(below, "deep.log"),
      "the name of one of the files",
    ]);
  });
});
