/** `portcullis comment`: turns what a preview printed into the comment of a pull request. */
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { Command, Option } from "commander";
import { previewComment, type Preview } from "./preview-comment";

export function commentCommand(): Command {
    return new Command("comment")
        .description(
            "Read what `pulumi preview --color never` printed, and write it as the comment of a pull request.",
        )
        .requiredOption("--stack <name>", "the stack that was previewed")
        .addOption(
            new Option("--outcome <outcome>", "how the preview ended")
                .choices(["success", "failure"])
                .makeOptionMandatory(),
        )
        .action(async (flags: Omit<Preview, "output">) => {
            const output = stripVTControlCharacters(await text(process.stdin));
            process.stdout.write(previewComment({ ...flags, output }));
        });
}
