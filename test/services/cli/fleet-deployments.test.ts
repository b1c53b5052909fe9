import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openReleaseKey } from "#services/cli/fleet/release-channel.ts";
import { findImage, saveImage } from "#services/cli/fleet/stored-image.ts";
import { CrashError } from "../../support/crash-at.ts";
import {
  AWS,
  deployingFleet,
  deployOver,
  EXTERNAL,
  type Faults,
  killAndGoOn,
  ORDER,
  pemOf,
  RELEASE_KEY,
} from "../../support/deploying-fleet.ts";
import { smallImage } from "../../support/memory-releases.ts";

describe("a deployment of all kinds of cities", () => {
  it("pushes the image before the stacks, and moves machines by their channel", async () => {
    const all = await deployingFleet();
    const { said, ...outcome } = await deployOver(all, all.ports);
    expect(outcome).toMatchObject({ state: "done" });
    expect(all.running()).toBe("2222");
    for (const city of AWS) {
      expect(all.repositories.get(city)).toContain(all.digests.get("2"));
      expect(said).toContain(`${city}: the image is in its repository`);
    }
    expect(all.channel()).toMatchObject({ version: "2" });
    // The second machine of the wave finds it published.
    expect(said.filter((line) => line === "channel 3 says 2")).toHaveLength(1);
  });

  it("empties the group that each network is given, and says so where it may not", async () => {
    const all = await deployingFleet({ guarded: "lon" });
    const outcome = await deployOver(all, all.ports);
    expect(outcome).toMatchObject({ state: "done" });
    expect([...all.emptied]).toEqual(["syd"]);
    expect(outcome.said).toContain("lon: its default group keeps its rules: not allowed");
  });

  it("gives a new city its storage, and with it the repository, before the image", async () => {
    const all = await deployingFleet({ fresh: "lon" });
    expect(await deployOver(all, all.ports)).toMatchObject({ state: "done" });
    expect(all.running()).toBe("2222");
    expect(all.repositories.get("lon")).toContain(all.digests.get("2"));
  });

  it("goes on over stacks that nobody executed after they were reviewed", async () => {
    const all = await deployingFleet({ fresh: "lon" });
    const { stacks } = all.ports;
    const deployStacks = async () => {
      throw new CrashError("killed before the change set was executed");
    };
    const order = { ...ORDER, waves: [["lon"]] };
    const dying = { ...all.ports, stacks: { ...stacks, deployStacks } };
    expect(await deployOver(all, dying, order)).toMatchObject({ state: "failed" });
    expect((await stacks.stacksOf("lon"))[0]).toMatchObject({ said: "REVIEW_IN_PROGRESS" });
    expect(await deployOver(all, all.ports, order)).toMatchObject({ state: "done" });
    expect(all.running()).toBe("1211");
  });

  it("goes on after signals while stacks are deployed, none of which is a failed try", async () => {
    const all = await deployingFleet();
    const { stacks } = all.ports;
    for (let pressed = 0; pressed < 3; pressed++) {
      const stop = new AbortController();
      const deployStacks = async () => {
        stop.abort();
        throw stop.signal.reason;
      };
      const ports = { ...all.ports, stacks: { ...stacks, deployStacks } };
      const stopped = deployOver(all, ports, ORDER, stop.signal);
      await expect(stopped).rejects.toThrow("aborted");
      expect(all.state()).toMatchObject({ phase: "deploying", at: 0, reason: null });
    }
    expect(await deployOver(all, all.ports)).toMatchObject({ state: "done" });
    expect(all.running()).toBe("2222");
  });

  it.each<readonly [string, Faults, string, string, readonly string[]]>([
    ["a machine that is not ready", { unready: "ams" }, "2211", "behind", EXTERNAL],
    ["one that swapped back", { refuses: "nyc" }, "2211", "nyc: it did not come to 2", EXTERNAL],
    ["an AWS city that fell back", { refuses: "lon" }, "2111", "lon: it did not come", ["lon"]],
  ])("rolls a wave with %s back, and leaves the others", async (_, faults, ...rest) => {
    const [running, reason, wave] = rest;
    const all = await deployingFleet(faults);
    const outcome = await deployOver(all, all.ports);
    expect(outcome).toMatchObject({ state: "failed", wave, stuck: [] });
    expect(outcome.state === "failed" && outcome.reason).toContain(reason);
    expect(all.running()).toBe(running);
    // Rolled back is what was before, with a higher serial; untouched is no channel at all.
    if (wave === EXTERNAL) expect(all.channel()).toMatchObject({ version: "1" });
    else expect(all.channel()).toBeNull();
  });

  it("takes a channel without its signature for none, and publishes it again", async () => {
    const all = await deployingFleet();
    const { objects } = all.ports;
    let cut = true;
    const dying = {
      ...objects,
      put: async (name: string, bytes: Uint8Array) => {
        if (cut && name.endsWith(".sig")) throw new CrashError("killed before it was signed");
        await objects.put(name, bytes);
      },
    };
    await expect(deployOver(all, { ...all.ports, objects: dying })).rejects.toThrow(CrashError);
    const first = all.channel()?.serial ?? 0;
    cut = false;
    expect(await deployOver(all, { ...all.ports, objects: dying })).toMatchObject({
      state: "done",
    });
    expect(all.channel()?.serial).toBeGreaterThan(first);
    expect(all.running()).toBe("2222");
  });

  it("names a release without an image for machines, and leaves them where they are", async () => {
    const all = await deployingFleet();
    await saveImage("2", smallImage("2", { archive: false }), all.ports.objects);
    expect((await findImage("2", all.ports.objects))?.archive).toBeUndefined();
    const outcome = await deployOver(all, all.ports, { ...ORDER, waves: [EXTERNAL] });
    expect(outcome).toMatchObject({ state: "failed", stuck: [] });
    expect(outcome.said).toContain("nyc: 2 has no image for machines outside AWS");
    expect(all.running()).toBe("1111");
  });

  it.each<readonly [string, Faults, readonly [string, string]]>([
    ["that goes well", { fresh: "lon" }, ["2222", "done"]],
    ["that is rolled back", { unready: "ams" }, ["2211", "failed"]],
  ])("killed at some calls, one %s ends where it would have", async (_, faults, ending) => {
    expect(await killAndGoOn(faults, { step: 29, ending })).toBeGreaterThan(8);
  });
});

describe("the release key", () => {
  it.each<readonly [string, string, string]>([
    ["is no key", "none", "no private key"],
    [
      "is of another kind",
      pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey),
      "ec",
    ],
    ["is not the machines'", pemOf(generateKeyPairSync("ed25519").privateKey), "not the one of"],
  ])("that %s is refused", (_, text, sentence) => {
    expect(() => openReleaseKey(text, RELEASE_KEY)).toThrow(
      expect.objectContaining({
        code: "EXOS-E8004",
        message: expect.stringContaining(sentence),
      }),
    );
  });
});
