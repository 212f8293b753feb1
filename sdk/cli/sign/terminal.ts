/** Questions on the operator's terminal, opened directly: what is piped into the command answers none of them. */
import { openSync } from "node:fs";
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { ReadStream, WriteStream } from "node:tty";
import { PortcullisError } from "../../../provider/errors";

/**
 * Asks a question on the terminal. A hidden answer is not echoed.
 *
 * @param otherwise what to do where there is no terminal, a sentence
 * @throws PortcullisError `InvalidConfiguration` where there is no terminal, or the question is not answered
 */
export async function ask(question: string, hidden: boolean, otherwise: string): Promise<string> {
    const { input, output } = openTerminal(otherwise);
    output.write(question);
    const nowhere = new Writable({
        write: (_chunk, _encoding, done) => {
            done();
        },
    });
    // What is typed is echoed by the interface, not by the terminal: an interface that writes nowhere echoes nothing.
    const lines = createInterface({ input, output: hidden ? nowhere : output, terminal: true });
    try {
        return await new Promise((resolve, reject) => {
            const given = (): void => {
                reject(refusal("The question was not answered.", otherwise));
            };
            lines.once("SIGINT", given).once("close", given).once("line", resolve);
        });
    } finally {
        lines.close();
        output.write(hidden ? "\n" : "");
        input.destroy();
        output.destroy();
    }
}

function openTerminal(otherwise: string): { readonly input: ReadStream; readonly output: WriteStream } {
    try {
        return {
            input: new ReadStream(openSync("/dev/tty", "r")),
            output: new WriteStream(openSync("/dev/tty", "w")),
        };
    } catch (error) {
        throw refusal("There is no terminal to ask on.", otherwise, error);
    }
}

function refusal(problem: string, remedy: string, cause?: unknown): PortcullisError {
    return new PortcullisError({ code: "InvalidConfiguration", problem, remedy, cause });
}
