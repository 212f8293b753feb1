/** The comments of a pull request as GitHub's API serves them, for the real `gh`: plain HTTP, reached as its proxy. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { z } from "zod";

export interface Comment {
    readonly id: number;
    readonly user: { readonly login: string };
    readonly body: string;
}

/** Who the token of a workflow writes as. */
export const BOT = "github-actions[bot]";
const PAGE = 30;
const REPOSITORY = "acme/platform";
const PULL_REQUEST = "7";
const COMMENTS = `/repos/${REPOSITORY}/issues/${PULL_REQUEST}/comments`;

const written = z.strictObject({ body: z.string() });

export class GithubComments {
    public readonly token = `ghs_${"x7".repeat(18)}`;
    public comments: Comment[] = [];
    private next = 1;
    private readonly server: Server;

    constructor() {
        this.server = createServer((request, response) => {
            void this.answer(request).then(({ status, body, link }) => {
                const headers = { "content-type": "application/json", ...(link && { link }) };
                response.writeHead(status, headers).end(JSON.stringify(body));
            });
        });
    }

    /** Listens, and gives the variables by which the steps of a workflow reach it. */
    async start(): Promise<Readonly<Record<string, string>>> {
        await new Promise<void>((ready) => this.server.listen(0, "127.0.0.1", ready));
        const address = this.server.address();
        if (address === null || typeof address === "string") throw new Error("no port");
        return {
            // `gh` speaks plain HTTP with this host alone.
            GH_HOST: "github.localhost",
            HTTP_PROXY: `http://127.0.0.1:${address.port}`,
            GH_TOKEN: this.token,
            GITHUB_REPOSITORY: REPOSITORY,
            PULL_REQUEST,
        };
    }

    stop(): Promise<void> {
        this.server.closeAllConnections();
        return new Promise((done) =>
            this.server.close(() => {
                done();
            }),
        );
    }

    /** Puts comments there, one of each of these texts. */
    say(login: string, ...bodies: readonly string[]): void {
        for (const body of bodies) this.comments.push({ id: this.next++, user: { login }, body });
    }

    private async answer(
        request: IncomingMessage,
    ): Promise<{ status: number; body: unknown; link?: string }> {
        const url = new URL(request.url ?? "", "http://api.github.localhost");
        if (request.headers.authorization !== `token ${this.token}`)
            return { status: 401, body: { message: "Bad credentials" } };
        const call = `${request.method ?? ""} ${url.pathname}`;
        if (call === `GET ${COMMENTS}`) {
            const page = Number(url.searchParams.get("page") ?? "1");
            const rest = this.comments.slice(page * PAGE);
            url.searchParams.set("page", String(page + 1));
            return {
                status: 200,
                body: this.comments.slice((page - 1) * PAGE, page * PAGE),
                ...(rest.length > 0 && { link: `<${url.href}>; rel="next"` }),
            };
        }
        if (call === `POST ${COMMENTS}`) {
            this.say(BOT, written.parse(JSON.parse(await text(request))).body);
            return { status: 201, body: this.comments.at(-1) };
        }
        const id = Number(/^PATCH \/repos\/acme\/platform\/issues\/comments\/(\d+)$/.exec(call)?.[1]);
        const found = this.comments.find((comment) => comment.id === id);
        if (found === undefined) return { status: 404, body: { message: "Not Found" } };
        const changed = { ...found, body: written.parse(JSON.parse(await text(request))).body };
        this.comments = this.comments.map((comment) => (comment === found ? changed : comment));
        return { status: 200, body: changed };
    }
}
