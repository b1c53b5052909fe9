import { it } from "vitest";
import { signMany } from "../../../support/aws/sign-many.ts";

it("gives 10,000 signatures that are accepted, of which half came with a high s", () =>
  signMany(10_000));
