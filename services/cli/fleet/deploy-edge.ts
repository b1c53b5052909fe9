import type { PrintedFacts } from "#regions/with-printed.ts";
import { CommandFailure } from "#services/cli/failure.ts";
import type { ReleaseObjects } from "./deploy-ports.ts";
import { fetchRelease } from "./releases.ts";

/** What the edge is deployed with. Every method throws when the world failed. */
export interface EdgePorts {
  readonly releases: Pick<ReleaseObjects, "get">;
  /** Deploy the edge of a stored release, to the end. */
  deployStored(version: string): Promise<void>;
  /** Synthesise the edge of this tree with what cities print, and deploy it, to the end. */
  deployAnew(printed: PrintedFacts): Promise<void>;
}

/** The template of the edge in a release. */
const TEMPLATE = /^assembly-edge\/[^/]+\.template\.json$/;

interface Template {
  readonly Resources?: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: {
          readonly DistributionConfig?: {
            readonly Origins?: readonly { readonly Id: string; readonly DomainName: unknown }[];
          };
        };
      }
    >
  >;
}

/**
 * Deploy what all cities share. Out of this tree, with the hosts that cities print at the moment; or
 * out of a release that is named, whose template may be older than the cities that it asks.
 *
 * @param release a version, or `undefined`: this tree
 * @throws CommandFailure `EXOS-E8008` where that is no release or has no edge, `EXOS-E8004` naming each host that it has and no city answers to
 */
export async function deployEdge(
  { release, printed }: { readonly release: string | undefined; readonly printed: PrintedFacts },
  ports: EdgePorts,
): Promise<void> {
  if (release === undefined) return ports.deployAnew(printed);
  const files = await fetchRelease(release, ports.releases);
  const template = files?.find(({ path }) => TEMPLATE.test(path));
  if (template === undefined) {
    const what = files === undefined ? "there is no release" : "there is no edge in release";
    throw new CommandFailure(`${what} ${release}`, { code: "EXOS-E8008" });
  }
  const differing = differingOrigins(
    JSON.parse(Buffer.from(template.bytes).toString("utf8")),
    printed,
  );
  if (differing.length > 0) {
    throw new CommandFailure(
      `the edge of release ${release} asks hosts that are gone: ${differing.join("; ")}; without --release the edge is made anew`,
      { code: "EXOS-E8004" },
    );
  }
  await ports.deployStored(release);
}

/** A sentence for each origin whose host in a template is not the one that its city prints. */
function differingOrigins(
  { Resources = {} }: Template,
  { origins }: PrintedFacts,
): readonly string[] {
  const named = new Map(
    Object.values(Resources)
      .filter(({ Type }) => Type === "AWS::CloudFront::Distribution")
      .flatMap(({ Properties }) => Properties?.DistributionConfig?.Origins ?? [])
      .map(({ Id, DomainName }) => [Id, String(DomainName)]),
  );
  return Object.entries(origins)
    .filter(([id, host]) => named.get(id) !== host)
    .map(([id, host]) => `${id} is ${named.get(id) ?? "not there"}, and its city prints ${host}`);
}
