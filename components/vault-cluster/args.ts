/** The arguments of VaultCluster. */
import type * as pulumi from "@pulumi/pulumi";
import type { AutopilotChoice } from "../../provider/vault/autopilot";
import type { NodeSettings } from "./node/settings";

/** A subnet that nodes and the balancer stand in. */
export interface SubnetArgs {
    id: pulumi.Input<string>;
    /** The zone that it lies in, as "eu-west-3a": plain text, so that too few zones are refused at preview. */
    availabilityZone: string;
}

/** Who may reach a port. */
export interface SourcesArgs {
    /** IPv4 networks, as "10.0.0.0/16", each within private space (RFC 1918, RFC 6598). None unless given. */
    cidrs?: string[];
    /** Ids of security groups, by labels of your own. None unless given. */
    securityGroups?: Record<string, pulumi.Input<string>>;
}

/** The newest machine image of an owner whose name matches. */
export interface ImageSearchArgs {
    /** The owner's account id of 12 digits, "self", or "amazon". */
    owner: string;
    /** The image's name; `*` stands for any text. */
    name: string;
    /** "x86_64" unless given. It must be that of the instance types. */
    architecture?: "x86_64" | "arm64";
}

/** A machine image by its id. */
export interface ImageIdArgs {
    /** As "ami-0123456789abcdef0". */
    id: pulumi.Input<string>;
}

/** The files by which the nodes speak TLS; kept in Secrets Manager, fetched at boot, and renewed while they run. */
export interface TlsArgs {
    /**
     * The server certificate, PEM, its intermediates behind it. It is valid for `serverName`, and for servers and clients
     * alike (serverAuth and clientAuth), since nodes sign in to one another's API with it.
     */
    certificate: pulumi.Input<string>;
    /** Its private key, unencrypted PEM: RSA, P-256 or P-384. Encrypted in state, and nowhere else. */
    privateKey: pulumi.Input<string>;
    /** The certificates of the roots that it leads to, PEM. */
    authorities: pulumi.Input<string>;
}

export interface VaultClusterArgs {
    /** "ha": several nodes over three zones or more, any of them replaced at any time. "dev": one node, to try things out. */
    mode: "ha" | "dev";
    /** In mode "ha": 3, 5 or 7; 5 unless given. In mode "dev" it is 1. */
    nodes?: number;
    /** "openbao" unless given. */
    product?: NodeSettings["product"];
    /**
     * The server program: its path on the image, or an https address from which nodes fetch it at boot and the SHA-256 that
     * it must have. OpenBao has to be of the line 2.6, the last whose seal by AWS KMS is built in; Vault of 1.19 or later.
     */
    binary: NodeSettings["binary"];
    /**
     * The Auto Scaling group's name, and the value of the tag `portcullis:vault-cluster` by which nodes find one another;
     * letters, digits and hyphens. Unique in the region of the account. The component's name unless given. Another name is
     * another cluster, without the data of this one.
     */
    clusterName?: string;
    /** The DNS name by which clients call, as "vault.priv.example.org"; the server certificate holds it. */
    serverName: string;
    vpcId: pulumi.Input<string>;
    /** One for each zone, private ones: in mode "ha" at least three. All in one region, which is the cluster's. */
    subnets: SubnetArgs[];
    /** Who may call the API, through the balancer. At least one network or security group. */
    clients: SourcesArgs;
    /**
     * Who may scrape metrics, from each node itself, on a port that serves nothing else. There are no metrics unless given.
     * Refused for the product "vault", which serves its whole API wherever it listens.
     */
    telemetry?: SourcesArgs;
    /**
     * What nodes may send HTTPS to: the endpoints of AWS (EC2, KMS, Secrets Manager, Auto Scaling), and the server
     * program's address. IPv4 networks; every address unless given, for those endpoints have no fixed
     * ones: with interface endpoints in the VPC, give its network. The VPC's own DNS is not filtered.
     */
    egressCidrs?: string[];
    /** Any of these may run a node: in mode "ha" at least three, better ten, for each is a spot pool in each zone. */
    instanceTypes: string[];
    /**
     * How many nodes are on-demand instances: from 0 up to the quorum, 3 of 5. All others are spot instances. 0 unless
     * given. With the quorum, no shortage of spot capacity can end the cluster.
     */
    onDemandBase?: number;
    /** A hardened machine image with cloud-init and Python 3.8 or later. The newest match counts, for nodes started from then on. */
    image: ImageSearchArgs | ImageIdArgs;
    /** GiB of each node's volume, which holds the system and the data; 8 to 16384. 20 unless given. */
    volumeSize?: number;
    tls: TlsArgs;
    /** How dead nodes leave the voters; checked here, and written by a `VaultInitialization` with `initialization`. */
    autopilot?: AutopilotChoice;
    /**
     * ARNs of roles besides the nodes' that may use the KMS key for the seal, to encrypt and decrypt, and for nothing else:
     * that of a restore drill, `VaultBackup.drillRoleArnOf({ account, bucketName })`. Roles of the cluster's own account;
     * they need not be there yet, and their own policies have to allow the use as well. Whoever may take one can, with a
     * snapshot, read everything that Vault holds. None unless given.
     */
    sealUsers?: pulumi.Input<string>[];
    /** Opens nodes to Session Manager; meant for the initialisation. False unless given. */
    enableSsm?: boolean;
    /**
     * Whether the KMS key, the Auto Scaling group with its hook, and the balancer with its listener are protected: a
     * deployment that would delete or replace one of them is refused. Without the key, no node ever unseals again, and no
     * backup can be restored; the group's nodes hold the data. To give the cluster up, set it to false, run `pulumi up`,
     * and then destroy: KMS still keeps the key for 30 days. True unless given.
     */
    deletionProtection?: boolean;
    /** Put on every resource that takes tags. None unless given. */
    tags?: Record<string, pulumi.Input<string>>;
}
