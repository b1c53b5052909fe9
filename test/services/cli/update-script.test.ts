import { execFile, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { zstdCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { channelKey, writeChannel } from "#services/cli/fleet/release-channel.ts";
import { UPDATE_SCRIPT } from "#services/cli/fleet/update-script.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const run = promisify(execFile);
/** Programs of the machine that the script is for; where one is missing, its tests are skipped. */
const absent = ["curl", "flock", "jq", "openssl", "sha256sum", "zstd"].filter(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).error !== undefined,
);
const keys = generateKeyPairSync("ed25519");
const WAVE = 3;

/** `docker`, as far as the script calls it: images are files, and what runs is a file's text. */
const DOCKER = `#!/bin/sh
echo "$*" >>"$WORLD/calls"
case "$1 $2" in
"image inspect") test -e "$WORLD/image-$3" ;;
"image ls") for image in "$WORLD"/image-*; do test -e "$image" && echo "\${image#*/image-}"; done; true ;;
"image rm")
  # As Docker refuses it.
  [ "$3" != "$(cat "$WORLD/running" 2>/dev/null)" ] && rm "$WORLD/image-$3" ;;
"load "*) cat >/dev/null; : >"$WORLD/image-exos-node:built"; echo "Loaded image: exos-node:built" ;;
"tag "*) : >"$WORLD/image-$3" ;;
"compose "*)
  case " $* " in *" exec "*)
    for url; do :; done
    exec curl --fail --silent --output /dev/null "$url" ;;
  esac
  sed -n 's/^EXOS_IMAGE=//p' "$EXOS_ETC/image.env" >"$WORLD/running" ;;
esac
`;

/** A machine with the script, a server with channel and images, and a node that is ready or not. */
async function machine(serialMin = 0) {
  const folder = temporaryFolder();
  const etc = join(folder, "etc");
  const bin = join(folder, "bin");
  for (const path of [etc, bin]) mkdirSync(path);
  const files = new Map<string, Uint8Array>();
  /** Digests of images with which the node becomes ready. */
  const good = new Set<string>();
  const running = () =>
    existsSync(join(folder, "running"))
      ? readFileSync(join(folder, "running"), "utf8").trim().replace("exos:", "")
      : "";
  const server = createServer((request, response) => {
    const body = files.get(request.url ?? "");
    if (request.url === "/readyz") response.writeHead(good.has(running()) ? 200 : 503).end();
    else if (body === undefined) response.writeHead(404).end();
    else response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;

  writeFileSync(join(bin, "docker"), DOCKER);
  // Waiting is counted, not waited.
  writeFileSync(join(bin, "sleep"), "#!/bin/sh\n");
  for (const name of ["docker", "sleep"]) chmodSync(join(bin, name), 0o755);
  writeFileSync(join(folder, "exos-update"), UPDATE_SCRIPT);
  const conf = { CHANNEL_URL: `${origin}/${channelKey(WAVE)}`, READY_URL: `${origin}/readyz` };
  const numbers = { SERIAL_MIN: serialMin, READY_SECONDS: 10, LOOK_SECONDS: 5 };
  const lines = Object.entries({ ...conf, ...numbers }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  writeFileSync(join(etc, "update.conf"), lines.join(""));
  const pem = keys.publicKey.export({ type: "spki", format: "pem" });
  writeFileSync(join(etc, "release.pem"), pem);

  return {
    running,
    becomeReady: (digest: string) => void good.add(digest),
    /** What the node is told that it runs. */
    release: () => /^EXOS_RELEASE=(.*)$/m.exec(readFileSync(join(etc, "image.env"), "utf8"))?.[1],
    /** Names of all images that the machine holds. */
    images: () =>
      readdirSync(folder)
        .filter((name) => name.startsWith("image-"))
        .map((name) => name.slice("image-".length))
        .toSorted(),
    calls: () => readFileSync(join(folder, "calls"), "utf8"),
    /** Put a release on the channel. @returns the digest of its image */
    async publish(
      serial: number,
      change: { ready?: boolean; tamper?: "image" | "channel"; text?: string } = {},
    ): Promise<string> {
      const image = zstdCompressSync(Buffer.from(change.text ?? `image ${serial}`));
      const sha256 = createHash("sha256").update(image).digest("hex");
      if (change.ready !== false) good.add(sha256);
      files.set(
        "/image",
        change.tamper === "image" ? image.with(-1, (image.at(-1) ?? 0) ^ 1) : image,
      );
      const said = { url: `${origin}/image`, sha256, bytes: image.length };
      const objects = {
        put: async (name: string, bytes: Uint8Array) => void files.set(`/${name}`, bytes),
      };
      const channel = { serial, version: `0.${serial}.0`, at: serial, image: said };
      const key = { secret: keys.privateKey, known: keys.publicKey };
      await writeChannel(WAVE, channel, { key, objects });
      const text = Buffer.from(files.get(`/${channelKey(WAVE)}`) ?? []);
      if (change.tamper === "channel") text.write(`{"v":2`, 0);
      files.set(`/${channelKey(WAVE)}`, text);
      return sha256;
    },
    async update(): Promise<{ code: number; said: string }> {
      const env = {
        PATH: `${bin}:${process.env["PATH"]}`,
        EXOS_ETC: etc,
        EXOS_STATE: join(folder, "state"),
        WORLD: folder,
      };
      try {
        const { stdout, stderr } = await run("sh", [join(folder, "exos-update")], { env });
        return { code: 0, said: stdout + stderr };
      } catch (cause) {
        const { code, stdout, stderr } = cause as { code: number; stdout: string; stderr: string };
        return { code, said: stdout + stderr };
      }
    },
    [Symbol.dispose]: () => server.close(),
  };
}

describe.skipIf(absent.length > 0)("the update of a city outside AWS", () => {
  it("starts the first release, then the next, and nothing while there is no other", async () => {
    using city = await machine();
    const one = await city.publish(1);
    expect(await city.update()).toEqual({ code: 0, said: "exos-update: runs 0.1.0\n" });
    expect(city.running()).toBe(one);
    expect(await city.update()).toEqual({ code: 0, said: "" });
    const two = await city.publish(2);
    expect(await city.update()).toMatchObject({ code: 0 });
    expect([city.running(), city.release()]).toEqual([two, "0.2.0"]);
  });

  it("swaps back a release that does not become ready, once", async () => {
    using city = await machine();
    const one = await city.publish(1);
    await city.update();
    await city.publish(2, { ready: false });
    const bad = await city.update();
    expect(bad).toMatchObject({ code: 1 });
    expect(bad.said).toContain("0.2.0 was not ready after 10 s");
    expect([city.running(), city.release()]).toEqual([one, "0.1.0"]);
    expect(await city.update()).toEqual({ code: 0, said: "" });
    const three = await city.publish(3);
    expect(await city.update()).toMatchObject({ code: 0 });
    expect(city.running()).toBe(three);
  });

  it("waits for a release where the one before it was not ready either", async () => {
    using city = await machine();
    await city.publish(1, { ready: false });
    expect(await city.update()).toMatchObject({ code: 1 });
    const two = await city.publish(2, { ready: false });
    for (let tick = 0; tick < 2; tick++) {
      const { code, said } = await city.update();
      expect(code).toBe(1);
      expect(said).not.toContain("went back");
      expect([city.running(), city.release()]).toEqual([two, "0.2.0"]);
    }
    city.becomeReady(two);
    expect(await city.update()).toEqual({ code: 0, said: "exos-update: runs 0.2.0\n" });
    expect(await city.update()).toEqual({ code: 0, said: "" });
  });

  it.each([
    ["a channel changed after it was signed", "channel", "not signed by the release key"],
    ["an image other than the signed one", "image", "is not the one that was signed"],
  ] as const)("never starts %s", async (_, tamper, sentence) => {
    using city = await machine();
    const one = await city.publish(1);
    await city.update();
    await city.publish(2, { tamper });
    const { code, said } = await city.update();
    expect(code).not.toBe(0);
    expect(said).toContain(sentence);
    expect(city.running()).toBe(one);
  });

  it("never starts an older release, though it is signed", async () => {
    using city = await machine();
    const two = await city.publish(2);
    await city.update();
    await city.publish(1);
    expect(await city.update()).toEqual({ code: 0, said: "" });
    expect(city.running()).toBe(two);
  });

  it("made anew, never starts one below the serial that it was made for", async () => {
    using city = await machine(2);
    await city.publish(1);
    const { code, said } = await city.update();
    expect([code, city.running()]).toEqual([1, ""]);
    expect(said).toContain("the channel says serial 1, and this machine was made for 2 and later");
    const two = await city.publish(2);
    expect(await city.update()).toMatchObject({ code: 0 });
    expect(city.running()).toBe(two);
  });

  it("holds what runs and what it would go back to, and no other image", async () => {
    using city = await machine();
    const named = (digests: readonly string[]) => digests.map((one) => `exos:${one}`).toSorted();
    const one = await city.publish(1);
    await city.update();
    const two = await city.publish(2);
    await city.update();
    expect(city.images()).toEqual(named([one, two]));
    const three = await city.publish(3);
    await city.update();
    expect(city.images()).toEqual(named([two, three]));
    await city.publish(4, { ready: false });
    await city.update();
    expect(city.running()).toBe(three);
    expect(city.images()).toEqual(named([three]));
  });

  it("starts no more than one at a time, and fetches an image once", async () => {
    using city = await machine();
    await city.publish(1);
    await Promise.all([city.update(), city.update()]);
    expect(city.calls().match(/^load/gm)).toHaveLength(1);
  });
});
