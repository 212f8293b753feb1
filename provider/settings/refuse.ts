/** The error of everything that is wrong in a configuration. */
import { PortcullisError } from "../errors";

/** Refuses a setting by the name under which the user gave it. Neither sentence may hold a value that is secret. */
export function refuse(property: string, problem: string, remedy: string): never {
    throw new PortcullisError({ code: "InvalidConfiguration", property, problem, remedy });
}
