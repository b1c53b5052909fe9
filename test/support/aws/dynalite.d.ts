declare module "dynalite" {
  import type { Server } from "node:http";

  /** A DynamoDB of its own readers, in memory. Milliseconds that tables take to come and go. */
  function dynalite(options?: {
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
  export = dynalite;
}
