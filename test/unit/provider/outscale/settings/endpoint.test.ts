/** Every customary way to write an endpoint, and the region that goes with it. */
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { refusalOf, resolve } from "./sources";

const KEY = { OSC_ACCESS_KEY: "AK", OSC_SECRET_KEY: "SK" };
const at = (endpoint: string): { region: string; endpoint: string } =>
    resolve({ environment: { ...KEY, OSC_ENDPOINT_API: endpoint } });

test.each([
    ["api.us-east-2.outscale.com", "https://api.us-east-2.outscale.com/api/v1"],
    ["https://api.us-east-2.outscale.com", "https://api.us-east-2.outscale.com/api/v1"],
    ["https://api.us-east-2.outscale.com/", "https://api.us-east-2.outscale.com/api/v1"],
    ["https://api.us-east-2.outscale.com/api/v1", "https://api.us-east-2.outscale.com/api/v1"],
    ["https://api.us-east-2.outscale.com/api/v1/", "https://api.us-east-2.outscale.com/api/v1"],
    ["api.us-east-2.outscale.com/api/latest", "https://api.us-east-2.outscale.com/api/v1"],
    ["HTTPS://API.us-east-2.outscale.com", "https://api.us-east-2.outscale.com/api/v1"],
    ["localhost:8443", "https://localhost:8443/api/v1"],
    ["127.0.0.1:8443/api/v1", "https://127.0.0.1:8443/api/v1"],
    ["https://[::1]:8443", "https://[::1]:8443/api/v1"],
    ["https://gateway.example.com/outscale/", "https://gateway.example.com/outscale/api/v1"],
    ["https://gateway.example.com:443/outscale/api/v1", "https://gateway.example.com/outscale/api/v1"],
])("%s is %s", (given, endpoint) => {
    expect(at(given).endpoint).toBe(endpoint);
});

test.each([
    ["api.us-east-2.outscale.com", "us-east-2"],
    ["https://api.cloudgouv-eu-west-1.outscale.com/api/v1", "cloudgouv-eu-west-1"],
    ["https://gateway.example.com", "eu-west-2"],
    ["https://api.us-east-2.outscale.com.example.com", "eu-west-2"],
])("where no region is given, %s is in %s", (given, region) => {
    expect(at(given).region).toBe(region);
});

test("a region that is given counts before the endpoint's", () => {
    const environment = { ...KEY, OSC_ENDPOINT_API: "api.us-east-2.outscale.com", OSC_REGION: "us-west-1" };
    expect(resolve({ environment })).toMatchObject({ region: "us-west-1" });
});

test.each([
    "http://localhost:8443",
    "ftp://localhost",
    "https://",
    "https://user:hidden@localhost",
    "https://hidden@localhost",
    "https://localhost?x=hidden",
    "https://localhost#hidden",
    "https://local host",
])("%s is refused, and nothing of it is shown but the setting's name", (given) => {
    const error = refusalOf({ environment: { ...KEY, OSC_ENDPOINT_API: given } });
    expect(error).toMatchObject({ code: "InvalidConfiguration", property: "OSC_ENDPOINT_API" });
    expect(error.message).not.toContain("hidden");
});

test("normalising again changes nothing", () => {
    fc.assert(
        fc.property(fc.webUrl({ validSchemes: ["https"] }), (url) => {
            const once = at(url).endpoint;
            expect(once).toMatch(/^https:\/\/.*\/api\/v1$/);
            expect(at(once).endpoint).toBe(once);
        }),
    );
});
