import { expect, it, vi } from "vitest";
import { queueEvent } from "#services/cli/cloud/drive/driven-events.ts";
import { composeDrive } from "#services/cli/compose-drive.ts";
import { createSqsClient } from "#shared/adapters/aws/sqs-client.ts";
import { createSqsWorkQueue } from "#shared/adapters/aws/sqs-work-queue.ts";
import { createLateTraces } from "#shared/adapters/embedded/late-traces.ts";
import { createMemoryLog } from "#shared/adapters/embedded/memory-log.ts";
import { createSystemClock } from "#shared/adapters/embedded/system-clock.ts";
import { startLocalQueues } from "../../../../support/aws/local-queues.ts";
import { testSettings } from "../../../../support/aws/test-settings.ts";

it("hands a function the trace of a message, as a mapping of Lambda does", async () => {
  await using queues = await startLocalQueues();
  const url = `http://127.0.0.1:${queues.server.port}`;
  const { url: queueUrl } = queues.createQueue();
  const settings = { endpoint: "http://127.0.0.1:9", percent: 0, resource: {} };
  const means = { clock: createSystemClock(), log: createMemoryLog() };
  const traces = createLateTraces(settings, means);
  const client = createSqsClient(testSettings(url), { traces });
  await createSqsWorkQueue({ client, queueUrl }).send({ n: 1 });
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  })) {
    vi.stubEnv(name, value);
  }
  using driven = composeDrive();
  const messages = await driven.queueAt(queueUrl).receive(1, new AbortController().signal);
  vi.unstubAllEnvs();
  const stringValue = expect.stringMatching(/^00-\w{32}-\w{16}-00$/);
  expect(queueEvent(messages)).toMatchObject({
    Records: [{ body: '{"n":1}', messageAttributes: { traceparent: { stringValue } } }],
  });
});
