import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { OperatorNotice, Operators } from "#shared/ports/operators.ts";
import { awsFaultOf } from "./aws-fault.ts";

/** Of a mail's subject, which is ASCII without line breaks. @source SNS API, Publish */
const SUBJECT_MAX = 100;

/** Notices on the topic that a city's alarms go to, as text for people. @source cloud.md 10 */
export function createSnsOperators({
  client,
  topicArn: TopicArn,
  city,
}: {
  readonly client: Pick<SNSClient, "send">;
  readonly topicArn: string;
  readonly city: string;
}): Operators {
  return {
    async tell(notice) {
      const Subject = subjectOf(city, notice).slice(0, SUBJECT_MAX);
      const Message = textOf(city, notice);
      try {
        await client.send(new PublishCommand({ TopicArn, Subject, Message }));
      } catch (cause) {
        throw awsFaultOf(cause, `publishing to ${TopicArn}`);
      }
    },
  };
}

function subjectOf(city: string, { code, title }: OperatorNotice): string {
  return code === undefined ? `${city}: ${title}` : `${code} ${city}: ${title}`;
}

function textOf(city: string, notice: OperatorNotice): string {
  const facts = Object.entries(notice.facts).map(([name, value]) => `${name}: ${value}`);
  return [subjectOf(city, notice), "", ...facts, "", notice.todo].join("\n");
}
