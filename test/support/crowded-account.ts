/** An account with something of every kind, and what `portcullis access explain` says of it. */
import type { AccountState } from "../../emulators/outscale";
import { fingerprintSha1 } from "../../provider/pki/pem";

/** Where the command calls from. */
export const OFFICE = "198.51.100.7";
export const RULE = {
    office: `aar-${"1".repeat(32)}`,
    ada: `aar-${"2".repeat(32)}`,
    anyone: `aar-${"3".repeat(32)}`,
    range: `aar-${"4".repeat(32)}`,
};
export const CA = {
    first: `ca-${"1".repeat(32)}`,
    second: `ca-${"2".repeat(32)}`,
    unused: `ca-${"3".repeat(32)}`,
};
export const KEY = {
    rootOld: "ROOTOLD0000000000000",
    ann: "ANN00000000000000000",
    bob: "BOB00000000000000000",
};
export const DAY = 86_400_000;

/** Four rules, three authorities, two EIM users, keys of all kinds. */
export function crowded(state: AccountState, firstPem: string, secondPem: string): AccountState {
    const now = Date.now();
    const dates = { CreationDate: now, LastModificationDate: now };
    const rule = (id: string, Description: string, criteria: object) => ({
        ApiAccessRuleId: id,
        Description,
        CaIds: [],
        Cns: [],
        IpRanges: [],
        ...criteria,
    });
    const ca = (CaId: string, CaPem: string, Description: string) => ({
        CaId,
        CaPem,
        CaFingerprint: fingerprintSha1(CaPem),
        Description,
    });
    const key = (AccessKeyId: string, UserName: string | null, changes: object) => ({
        AccessKeyId,
        SecretKey: "S".repeat(40),
        UserName,
        State: "ACTIVE" as const,
        Tag: null,
        ExpirationDate: null,
        ...dates,
        ...changes,
    });
    const user = (UserName: string) => ({
        UserId: `ID-${UserName}`,
        UserName,
        Path: "/",
        UserEmail: null,
        ...dates,
    });
    return {
        ...state,
        rules: [
            rule(RULE.office, "office", { IpRanges: [`${OFFICE}/32`] }),
            rule(RULE.ada, "ada", { CaIds: [CA.first], Cns: ["ada"] }),
            rule(RULE.anyone, "anyone of either", { CaIds: [CA.first, CA.second], Cns: ["bob", "cy"] }),
            rule(RULE.range, "half \u001b[31m", { IpRanges: ["192.0.2.0/25"] }),
        ],
        cas: [
            ca(CA.first, firstPem, "first"),
            ca(CA.second, secondPem, ""),
            ca(CA.unused, secondPem, "twice"),
        ],
        users: [user("ann"), user("bob")],
        keys: [
            ...state.keys,
            key(KEY.rootOld, null, { ExpirationDate: now - DAY }),
            key(KEY.ann, "ann", { ExpirationDate: Date.parse("2063-04-05T00:00:00Z") }),
            key(KEY.bob, "bob", { State: "INACTIVE" }),
        ],
    };
}

/** With every date but that of 2063 as DATE, the endpoint and the root user's key by other names. */
export const EXPECTED_TEXT = `The OUTSCALE account at https://emulator/api/v1 (eu-west-2)
Decided for DATE.

IDENTITIES
  NAME    VERDICT   BY          FROM              CERTIFICATE
  ada     admitted  R1, R2, R4  any IPv4 address  CN ada, until DATE
  office  admitted  R1          198.51.100.7      none
  net     in part   R4          192.0.2.0/24      none
  bob     admitted  R1, R3, R4  any IPv4 address  CN bob, until DATE
  late    in part   R1, R4      any IPv4 address  CN ada, until DATE

ACCESS RULES
  R1  aar-11111111111111111111111111111111 "office" [IP 198.51.100.7/32]
      ada     admitted  from 198.51.100.7/32 only
      office  admitted  from every address of the identity
      net     refused   192.0.2.0/24 is outside 198.51.100.7/32
      bob     admitted  from 198.51.100.7/32 only
      late    admitted  from 198.51.100.7/32 only
  R2  aar-22222222222222222222222222222222 "ada" [CA ca-11111111111111111111111111111111, CN ada]
      ada     admitted  a certificate of ca-11111111111111111111111111111111, from every address of the
                        identity
      office  refused   it asks for a client certificate
      net     refused   it asks for a client certificate
      bob     refused   the certificate's CN bob is not among ada
      late    refused   ca-11111111111111111111111111111111: The client certificate "ada" expired on
                        DATE (it is DATE).
  R3  aar-33333333333333333333333333333333 "anyone of either" [CA ca-11111111111111111111111111111111 or
      ca-22222222222222222222222222222222, CN bob or cy]
      ada     refused   the certificate's CN ada is not among bob, cy
      office  refused   it asks for a client certificate
      net     refused   it asks for a client certificate
      bob     admitted  a certificate of ca-22222222222222222222222222222222, from every address of the
                        identity
      late    refused   the certificate's CN ada is not among bob, cy
  R4  aar-44444444444444444444444444444444 "half \\u{1b}[31m" [IP 192.0.2.0/25]
      ada     admitted  from 192.0.2.0/25 only
      office  refused   198.51.100.7 is outside 192.0.2.0/25
      net     admitted  from 192.0.2.0/25 only
      bob     admitted  from 192.0.2.0/25 only
      late    admitted  from 192.0.2.0/25 only

AUTHORITIES
  A1  ca-11111111111111111111111111111111  named by R2, R3  CN First, until DATE; "first"
  A2  ca-22222222222222222222222222222222  named by R3      CN Second, until DATE
  A3  ca-33333333333333333333333333333333  named by -       CN Second, until DATE; "twice"

ACCESS KEYS
  ROOT0000000000000000  root user     ACTIVE    never expires
  ROOTOLD0000000000000  root user     ACTIVE    expired DATE
  ANN00000000000000000  EIM user ann  ACTIVE    expires 2063-04-05T00:00:00.000Z
  BOB00000000000000000  EIM user bob  INACTIVE  never expires

IF ONE OF THEM WENT
  rule R1                   office would no longer be admitted; late would be admitted from fewer addresses
  rule R2                   ada would be admitted from fewer addresses
  rule R3                   bob would be admitted from fewer addresses
  rule R4                   net would no longer be admitted; late would be admitted from fewer addresses
  authority A1              ada would be admitted from fewer addresses
  authority A2              bob would be admitted from fewer addresses
  authority A3              nobody would lose access; no rule names it
  key ROOT0000000000000000  the root user would have no usable key left; this command calls with it
  key ROOTOLD0000000000000  nothing: it cannot be used as it is
  key ANN00000000000000000  the EIM user ann would have no usable key left
  key BOB00000000000000000  nothing: it cannot be used as it is

TRUSTED SESSION
  off; no maximum lifetime of access keys
  in its way: Access keys have no maximum lifetime (MaxAccessKeyExpirationSeconds is 0).
  in its way: The access rule aar-11111111111111111111111111111111 "office" [IP 198.51.100.7/32] names no
  authority.
  in its way: The access rule aar-44444444444444444444444444444444 "half \\u{1b}[31m" [IP 192.0.2.0/25] names
  no authority.
  in its way: The access key ROOT0000000000000000 of the root user never expires.
  in its way: The access key BOB00000000000000000 of the EIM user bob never expires.
  without the rules that name no authority: office, net, late would no longer be admitted
`;
