/** What an instance of VaultCluster is: its image, its encrypted volume, its metadata service, its user data. */
import type * as pulumi from "@pulumi/pulumi";
import type { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate";
import type { VaultClusterArgs } from "./args";
import { aws } from "./aws";
import type { ClusterPlan } from "./check";
import { JOIN_TAG } from "./node/settings";
import type { Room } from "../room";

export interface LaunchArgs {
    readonly image: VaultClusterArgs["image"];
    readonly plan: ClusterPlan;
    readonly profileArn: pulumi.Output<string>;
    readonly securityGroupId: pulumi.Output<string>;
    /** As cloud-init reads it. */
    readonly userData: pulumi.Output<string>;
}

/** The launch template; the group starts instances of its newest version. */
export function launchTemplate(room: Room, args: LaunchArgs): LaunchTemplate {
    const image = findImage(room, args.image);
    const { settings, volumeSize } = args.plan;
    return new (aws("ec2/launchTemplate").LaunchTemplate)(
        `${room.name}-template`,
        {
            description: "A node of the Vault cluster",
            imageId: image.id,
            iamInstanceProfile: { arn: args.profileArn },
            // No hop further than the instance itself: a container or a proxy on it gets no credentials.
            metadataOptions: {
                httpEndpoint: "enabled",
                httpTokens: "required",
                httpPutResponseHopLimit: 1,
                httpProtocolIpv6: "disabled",
                instanceMetadataTags: "disabled",
            },
            networkInterfaces: [
                {
                    deviceIndex: 0,
                    associatePublicIpAddress: "false",
                    deleteOnTermination: "true",
                    securityGroups: [args.securityGroupId],
                },
            ],
            blockDeviceMappings: [
                {
                    // Under another name it would be a second volume, beside a first one that is not encrypted.
                    deviceName: image.rootDeviceName,
                    ebs: {
                        encrypted: "true",
                        volumeType: "gp3",
                        volumeSize,
                        deleteOnTermination: "true",
                    },
                },
            ],
            userData: args.userData.apply(base64),
            tagSpecifications: [
                {
                    resourceType: "volume",
                    tags: {
                        ...room.tags,
                        Name: settings.clusterName,
                        [JOIN_TAG]: settings.clusterName,
                    },
                },
            ],
            updateDefaultVersion: true,
            tags: room.tags,
        },
        { parent: room.parent },
    );
}

/** The one encoding that launch templates ask for: twice encoded, cloud-init would find no header and run nothing. */
export function base64(text: string): string {
    return Buffer.from(text, "utf8").toString("base64");
}

/** An image by its id is looked up as well, for the name of its root device. */
function findImage(room: Room, image: VaultClusterArgs["image"]) {
    const { getAmiOutput } = aws("ec2/getAmi");
    if ("id" in image) {
        return getAmiOutput({ filters: [{ name: "image-id", values: [image.id] }] }, { parent: room.parent });
    }
    const wanted = {
        name: image.name,
        architecture: image.architecture ?? "x86_64",
        "root-device-type": "ebs",
        "virtualization-type": "hvm",
    };
    const filters = Object.entries(wanted).map(([name, value]) => ({ name, values: [value] }));
    return getAmiOutput({ owners: [image.owner], filters, mostRecent: true }, { parent: room.parent });
}
