/** The one place that loads @peculiar/x509, after the reflection polyfill that it needs. */
import "reflect-metadata";

export * from "@peculiar/x509";
