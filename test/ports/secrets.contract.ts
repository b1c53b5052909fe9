import { expect, it } from "vitest";
import type { Secrets } from "#shared/ports/secrets.ts";

/** What every keeper of secrets promises. @param holding one that holds these, by name */
export function secretsContract(
  holding: (secrets: Readonly<Record<string, string>>) => Promise<Secrets>,
): void {
  it("tells a secret by its name, and of none that it is absent", async () => {
    const secrets = await holding({ "edge-key": "one", "edge-key-next": "two" });
    expect(await secrets.get("edge-key")).toBe("one");
    expect(await secrets.get("edge-key-next")).toBe("two");
    expect(await secrets.get("edge-key-last")).toBeUndefined();
  });
}
