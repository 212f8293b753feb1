/** A process that writes profiles into one file and removes some, for tests of many at once: `<file> <name> <how many>`. */
import { setTimeout as sleep } from "node:timers/promises";
import { Declarations } from "../../provider/declarations";
import { changeFile } from "../../provider/outscale/profile/store";
import { sdkProfile } from "../../provider/outscale/sdk-profile";

const [path = "", name = "", count = "0"] = process.argv.slice(2);
const context = {
    client: undefined,
    now: () => new Date(),
    declared: new Declarations(),
    sleep: (ms: number) => sleep(ms),
};

async function write(profile: string): Promise<void> {
    const keys = { accessKeyId: "AK", secretKey: "SK", region: "eu-west-2" };
    const inputs = { client: "sdk" as const, profile, path, adopt: false, ...keys };
    const { id, state } = await sdkProfile.create(inputs, context);
    // Every other one goes again.
    if (profile.endsWith("-gone")) await sdkProfile.delete(id, state, context);
}

async function main(): Promise<void> {
    if (count === "hold") {
        // Has the lock, says so, and never gives it back.
        await changeFile(path, context, async () => {
            process.stdout.write("held\n");
            await sleep(600_000);
            throw new Error("nobody ended this process");
        });
    }
    for (let index = 0; index < Number(count); index += 1) {
        await write(`${name}-${index}`);
        await write(`${name}-${index}-gone`);
    }
}

void main();
