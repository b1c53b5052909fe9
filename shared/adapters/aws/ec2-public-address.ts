import { awsFaultOf } from "./aws-fault.ts";
import { type AwsCaller, sendSigned } from "./signed-request.ts";

const VERSION = "2016-11-15";

/**
 * Public address of a network interface: `DescribeNetworkInterfaces`, and nothing else of EC2.
 *
 * @returns `undefined` while it has none
 * @throws StoreFault when EC2 refuses or does not answer
 */
export async function ec2PublicAddress(
  networkInterface: string,
  caller: AwsCaller,
): Promise<string | undefined> {
  const body = new URLSearchParams({
    Action: "DescribeNetworkInterfaces",
    Version: VERSION,
    "NetworkInterfaceId.1": networkInterface,
  }).toString();
  const contentType = "application/x-www-form-urlencoded";
  try {
    const text = await sendSigned({ service: "ec2", contentType, body }, caller);
    return /<publicIp>(\d{1,3}(?:\.\d{1,3}){3})<\/publicIp>/.exec(text)?.[1];
  } catch (cause) {
    throw awsFaultOf(cause, `asking for the address of ${networkInterface}`);
  }
}
