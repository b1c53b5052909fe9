import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import {
  CfnInternetGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCEndpoint,
  CfnVPCGatewayAttachment,
} from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { acknowledge } from "#infra/acknowledge.ts";
import { type CityContext, stackName } from "#infra/city-context.ts";
import { ENVIRONMENTS } from "#regions/environment.ts";

/**
 * Two public subnets for one task. No NAT and no interface endpoint: functions stay outside, and the
 * two gateway endpoints are free. Subnets name zones by id, which the higher
 * construct would ask the account for. @source cloud.md 8
 */
export class NetworkStack extends Stack {
  readonly vpc: string;
  readonly subnets: readonly string[];
  readonly securityGroup: string;

  constructor(scope: Construct, context: CityContext, props: StackProps) {
    super(scope, "network", { ...props, stackName: stackName(context.names, "network") });
    const { names, city } = context;
    const { peerPort } = ENVIRONMENTS[names.environment];
    const vpc = new CfnVPC(this, "Vpc", {
      cidrBlock: "10.62.0.0/24",
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: [{ key: "Name", value: names.prefix }],
    });
    acknowledge(vpc, "AwsSolutions-VPC7");
    this.vpc = vpc.ref;
    const gateway = new CfnInternetGateway(this, "Gateway");
    const attached = new CfnVPCGatewayAttachment(this, "Attached", {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    });
    const routes = new CfnRouteTable(this, "Routes", { vpcId: vpc.ref });
    new CfnRoute(this, "Out", {
      routeTableId: routes.ref,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.ref,
    }).addResourceDependency(attached);
    this.subnets = city.host.zoneIds.map((zoneId, index) => {
      const subnet = new CfnSubnet(this, `Subnet${index + 1}`, {
        vpcId: vpc.ref,
        availabilityZoneId: zoneId,
        cidrBlock: `10.62.0.${index * 128}/25`,
      });
      new CfnSubnetRouteTableAssociation(this, `Routed${index + 1}`, {
        subnetId: subnet.ref,
        routeTableId: routes.ref,
      });
      return subnet.ref;
    });
    for (const service of ["s3", "dynamodb"]) {
      new CfnVPCEndpoint(this, service === "s3" ? "ToObjects" : "ToTables", {
        vpcId: vpc.ref,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${names.region}.${service}`,
        routeTableIds: [routes.ref],
      });
    }
    const peers = new CfnSecurityGroup(this, "Peers", {
      vpcId: vpc.ref,
      groupDescription: "Peers may call the task; it may call anybody.",
      securityGroupIngress: [
        {
          ipProtocol: "tcp",
          fromPort: peerPort,
          toPort: peerPort,
          cidrIp: "0.0.0.0/0",
          description: "peers",
        },
      ],
      securityGroupEgress: [
        { ipProtocol: "-1", cidrIp: "0.0.0.0/0", description: "peers and AWS" },
      ],
    });
    acknowledge(peers, "AwsSolutions-EC23");
    this.securityGroup = peers.ref;
    // Whether or not a stack after this one asks for it: what one imports can't be taken back before it.
    this.exportValue(vpc.ref);
    new CfnOutput(this, "VpcId", { value: vpc.ref });
    new CfnOutput(this, "Subnets", { value: this.subnets.join(",") });
    new CfnOutput(this, "SecurityGroup", { value: peers.ref });
    new CfnOutput(this, "DefaultSecurityGroup", { value: vpc.attrDefaultSecurityGroup });
  }
}
