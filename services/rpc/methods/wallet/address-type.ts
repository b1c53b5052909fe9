import * as z from "zod";

/** Everything but `legacy` would be an address of a witness, of which EXOS networks have none. */
export const ADDRESS_TYPE_PARAMETER = z
  .literal("legacy", "only legacy addresses exist on this network")
  .optional();
