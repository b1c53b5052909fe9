import type { CommandContext } from "#services/cli/command.ts";
import { usageFailure } from "#services/cli/failure.ts";
import { RELEASE_NAME, RELEASE_NAME_RULE } from "#shared/primitives/release-name.ts";

/**
 * See that `--release` and `--image` are what every registry takes, before anything is built.
 *
 * @throws CommandFailure `EXOS-E0002` that names the rule
 */
export function checkReleaseOptions({ options }: Pick<CommandContext, "options">): void {
  const { release, image } = options;
  if (release !== undefined && !RELEASE_NAME.test(release)) {
    throw usageFailure(`"${release}" is no name ${RELEASE_NAME_RULE}`, "--release NAME");
  }
  if (image !== undefined && !/^sha256:[0-9a-f]{64}$/.test(image)) {
    throw usageFailure(
      `"${image}" is no digest: sha256: and 64 digits from 0 to f`,
      "--image sha256:…",
    );
  }
}
