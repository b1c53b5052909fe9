import * as z from "zod";
import type { ImageRegistry } from "#shared/ports/image-registry.ts";
import { StoreFault } from "#shared/ports/store-fault.ts";
import { awsFaultOf } from "./aws-fault.ts";
import { type AwsCaller, sendSigned } from "./signed-request.ts";

/** Where a repository is, and whose word opens it. */
export interface EcrRegistryOptions {
  /** Signed for `ecr`. */
  readonly caller: AwsCaller;
  /** Such as `exos-prod-syd-node`. */
  readonly repository: string;
  /** Instead of the host that ECR names: an emulator answers for it itself. */
  readonly registry?: string | undefined;
}

/** A layer of a hundred megabytes on a slow line. */
const BLOB_MS = 1_800_000;
const ANSWER_MS = 60_000;
const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
].join(", ");
const TOKEN = z.object({
  authorizationData: z
    .array(z.object({ authorizationToken: z.string(), proxyEndpoint: z.url() }))
    .min(1),
});
/** @source distribution-spec 1.1, "Error Codes" */
const ERRORS = z.object({ errors: z.array(z.object({ code: z.string() })).min(1) });

/**
 * A repository of ECR by the protocol of all registries, so that every region gets the same bytes and
 * knows the image by the same digest. The token is asked for once; it lives for twelve hours.
 *
 * @source distribution-spec 1.1; cloud.md 7.2
 */
export function createEcrRegistry(options: EcrRegistryOptions): ImageRegistry {
  const { repository, caller } = options;
  let known: Promise<Door> | undefined;
  const door = (): Promise<Door> => {
    known ??= openDoor(options).catch((cause: unknown) => {
      known = undefined;
      throw cause;
    });
    return known;
  };

  async function ask(path: string, init: RequestInit, ms = ANSWER_MS): Promise<Response> {
    const { base, authorization } = await door();
    const url = new URL(path, `${base}/v2/${repository}/`);
    // Whoever else it sends us to is not told who we are.
    const own = url.origin === new URL(base).origin ? { authorization } : {};
    const headers = { ...own, ...(init.headers as Record<string, string>) };
    const signal = AbortSignal.timeout(ms);
    try {
      return await caller.fetch(url.href, { ...init, headers, signal });
    } catch (cause) {
      throw awsFaultOf(cause, `asking ${url.host} for ${repository}`);
    }
  }

  return {
    async find(digest) {
      // With a body, unlike HEAD: it says whether the repository or the image is missing.
      const headers = { accept: MANIFESTS };
      const answer = await ask(`manifests/${digest}`, { headers });
      const text = await answer.text();
      if (answer.ok) return "there";
      if (answer.status !== 404) throw unexpected(answer, text, `looking for ${digest}`);
      return codeOf(text) === "NAME_UNKNOWN" ? "no repository" : "missing";
    },
    async hasBlob(digest) {
      const answer = await ask(`blobs/${digest}`, { method: "HEAD" });
      if (answer.ok) return true;
      if (answer.status === 404) return false;
      throw unexpected(answer, "", `looking for ${digest}`);
    },
    async putBlob(digest, bytes) {
      const doing = `pushing ${digest} to ${repository}`;
      const begun = await ask("blobs/uploads/", { method: "POST" });
      const place = await placeOf(begun, doing);
      const headers = { "content-type": "application/octet-stream" };
      const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const sent = await ask(place, { method: "PATCH", headers, body }, BLOB_MS);
      const last = new URL(await placeOf(sent, doing), (await door()).base);
      last.searchParams.set("digest", digest);
      const ended = await ask(last.href, { method: "PUT" }, BLOB_MS);
      if (!ended.ok) throw unexpected(ended, await ended.text(), doing);
    },
    async putManifest(reference, { mediaType, bytes }) {
      const headers = { "content-type": mediaType };
      const body = Buffer.from(bytes);
      const answer = await ask(`manifests/${reference}`, { method: "PUT", headers, body });
      if (answer.ok) return;
      throw unexpected(answer, await answer.text(), `naming ${reference} in ${repository}`);
    },
  };
}

interface Door {
  /** Without a slash at its end. */
  readonly base: string;
  readonly authorization: string;
}

async function openDoor({ caller, registry }: EcrRegistryOptions): Promise<Door> {
  const endpoint = caller.endpoint ?? `https://api.ecr.${await caller.region()}.amazonaws.com`;
  const request = {
    service: "ecr",
    contentType: "application/x-amz-json-1.1",
    target: "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken",
    body: "{}",
  };
  try {
    const text = await sendSigned(request, { ...caller, endpoint });
    const [token] = TOKEN.parse(JSON.parse(text)).authorizationData;
    const base = (registry ?? token?.proxyEndpoint ?? "").replace(/\/$/, "");
    return { base, authorization: `Basic ${token?.authorizationToken}` };
  } catch (cause) {
    throw awsFaultOf(cause, "asking ECR for its door");
  }
}

/** Where the upload goes on; some registries say it without their host. */
async function placeOf(answer: Response, doing: string): Promise<string> {
  const place = answer.headers.get("location");
  if (answer.ok && place !== null) return place;
  throw unexpected(answer, await answer.text(), doing);
}

function codeOf(text: string): string | undefined {
  try {
    return ERRORS.safeParse(JSON.parse(text)).data?.errors[0]?.code;
  } catch {
    // It is told by its status.
    return undefined;
  }
}

/** What is refused for good is not asked again. */
function unexpected({ status }: Response, text: string, doing: string): StoreFault {
  const isDenied = status === 401 || status === 403;
  const said = codeOf(text) ?? text.slice(0, 200);
  return new StoreFault(`${doing}: ${status} ${said}`.trimEnd(), {
    retryable: !isDenied,
    code: isDenied ? "EXOS-E8104" : "EXOS-E8100",
  });
}
