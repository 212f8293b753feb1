/** Runs one of the two servers as a process: `<vault|bucket> <port> <settings as JSON>`; it ends with its signal. */
import { discardingBucket, type DiscardingBucket } from "./bucket";
import { streamingVault, type StreamingVault } from "./vault";

const [which = "", port = "", settings = ""] = process.argv.slice(2);
const server =
    which === "vault"
        ? // The other process writes both by these types.
          streamingVault(JSON.parse(settings) as StreamingVault)
        : discardingBucket(JSON.parse(settings) as DiscardingBucket);
server.listen(Number(port), "127.0.0.1");
