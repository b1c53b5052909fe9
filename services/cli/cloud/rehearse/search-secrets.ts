import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { childrenOf } from "#services/cli/cloud/process-group.ts";
import { freshKey } from "#services/cli/cloud/rehearse/plant-secrets.ts";
import {
  type Rehearsal,
  rehearsalFailure,
  secondsOf,
} from "#services/cli/cloud/rehearse/rehearsal.ts";
import { type FoundSecret, searchWritten } from "#services/cli/cloud/rehearse/search-written.ts";
import { WRITTEN_KINDS, type Written } from "#services/cli/cloud/rehearse/written.ts";
import { writtenFiles } from "#services/cli/cloud/rehearse/written-files.ts";
import { writtenImage } from "#services/cli/cloud/rehearse/written-image.ts";
import { composeDecoys } from "#services/cli/compose-decoys.ts";
import { composeWritten } from "#services/cli/compose-written.ts";
import type { CommandFailure } from "#services/cli/failure.ts";

/** Of what holds a secret, as much is told. */
const PLACES_MAX = 10;
const MEGABYTE = 1_000_000;

/** Keys that the endpoint gives to the functions that run now; none where it gives all the same word. */
async function sessionKeys({ city }: Rehearsal): Promise<Readonly<Record<string, string>>> {
  const keys: Record<string, string> = {};
  for (const { pid } of city.starter === undefined ? [] : await childrenOf(city.starter.pid)) {
    // Where processes have no such file, or this one has just ended, there is nothing to learn.
    const environ = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    const own = new Map(environ.split("\0").map((one) => split(one, "=")));
    const name = own.get("AWS_LAMBDA_FUNCTION_NAME") ?? `process ${pid}`;
    for (const variable of ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]) {
      const value = own.get(variable) ?? "";
      if (value.length >= KEY_CHARACTERS_MIN) keys[`${variable} of ${name}`] = value;
    }
  }
  return keys;
}
const KEY_CHARACTERS_MIN = 16;
const split = (text: string, at: string): readonly [string, string] => {
  const end = text.indexOf(at);
  return [text.slice(0, end), text.slice(end + 1)];
};

async function allOf(written: AsyncIterable<Written>): Promise<readonly Written[]> {
  const all: Written[] = [];
  for await (const one of written) all.push(one);
  return all;
}

async function* writtenBy({ city, folder, printed, signal, environment }: Rehearsal) {
  // A tool lays out the image while the endpoint is read.
  const image = allOf(writtenImage(city.ingest().running, { environment, signal }));
  // It is waited for below, unless something else fails before; then that is told.
  image.catch(() => undefined);
  yield* composeWritten(city.endpoint);
  yield* writtenFiles(folder.path);
  yield* writtenFiles(folder.bundles);
  yield* await image;
  const log = city.state().container === undefined ? undefined : await city.starterLog();
  if (log !== undefined) {
    yield { kind: "log lines", place: "the endpoint's log", bytes: Buffer.from(log) } as const;
  }
  for (const [at, line] of printed().entries()) {
    yield { kind: "lines printed", place: `line ${at + 1}`, bytes: Buffer.from(line) } as const;
  }
}

/**
 * No secret of the run stands in anything that the run wrote: not in what is stored at the endpoint
 * (but for the parameters that are to hold them), nor in the image, nor in a file, nor in a line. A text
 * that was written to each kind of place beforehand has to be found there: what reads nothing finds
 * nothing, too.
 *
 * @throws CommandFailure `EXOS-E8186` that names each place
 * @source cloud.md 9.3
 */
export async function searchSecrets(rehearsal: Rehearsal): Promise<void> {
  const { city, folder, print, hear } = rehearsal;
  const started = performance.now();
  const decoy = freshKey();
  hear(`a decoy: ${decoy.toUpperCase()}`);
  const file = join(folder.path, "decoy");
  await writeFile(file, encodeURIComponent(decoy));
  await using written = await composeDecoys(city.endpoint, { text: decoy, pack: gzipSync });
  const secrets = { ...Object.fromEntries(rehearsal.secrets), ...(await sessionKeys(rehearsal)) };
  const searched = await searchWritten(writtenBy(rehearsal), { ...secrets, [DECOY]: decoy });
  await rm(file);
  const isDecoy = ({ what }: FoundSecret) => what.startsWith(DECOY);
  const missed = [...written.kinds, "files", "lines printed"].filter(
    (kind) => !searched.found.some((one) => one.kind === kind && isDecoy(one)),
  );
  if (missed.length > 0) {
    throw rehearsalFailure(`what was put there is not found in ${missed.join(", ")}`);
  }
  const places = searched.found.filter((one) => !isDecoy(one));
  if (places.length > 0) throw foundFailure(places);
  const { counts, bytes } = searched;
  const rows = WRITTEN_KINDS.map((kind) => `${counts[kind]} ${kind}`).join(", ");
  const megabytes = `${(bytes / MEGABYTE).toFixed(0)} MB`;
  const took = secondsOf(performance.now() - started);
  const names = Object.keys(secrets).length;
  print(
    `secrets    0 of ${names} found in ${rows}; decoys in each but images; ${megabytes}, ${took}`,
  );
}

function foundFailure(places: readonly FoundSecret[]): CommandFailure {
  const told = places.slice(0, PLACES_MAX).map(({ place, what }) => `${place}: ${what}`);
  const more = places.length > PLACES_MAX ? `; and in ${places.length - PLACES_MAX} more` : "";
  return rehearsalFailure(`secrets in ${told.join("; ")}${more}`);
}

const DECOY = "decoy";
