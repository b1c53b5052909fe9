import { composeWatch } from "#services/ingest/compose-watch.ts";

const watch = composeWatch(process.env);

/** Once a minute: whatever the schedule says in its event is not read. */
export const handler = (): Promise<void> => watch();
