/** Where snapshots are kept: what this package asks of a bucket, whoever serves it. */
import type { StoredObject } from "./catalogue";

/** An object that is being written. Nothing of it is visible in the bucket before it is completed. */
export interface Upload {
    /** Takes the next bytes; resolves once more may come. */
    write(chunk: Uint8Array): Promise<void>;
    /** Makes the object. */
    complete(): Promise<void>;
    /** Gives it up; says why where the parts that were sent could not be removed. Never rejects. */
    abort(): Promise<string | undefined>;
}

/** A bucket. Every call throws `StoreFailed` where it does not end well. */
export interface SnapshotStore {
    /** Begins an object. */
    upload(key: string): Upload;
    /** Writes a small object whole. */
    put(key: string, text: string): Promise<void>;
    /** The bytes of an object, as they are wanted. */
    get(key: string): AsyncIterable<Uint8Array>;
    /** The text of a small object; undefined where there is none. */
    getText(key: string): Promise<string | undefined>;
    /** Every object whose key begins so: all of them, or it throws. */
    list(prefix: string): Promise<readonly StoredObject[]>;
    /** Deletes objects, in this order by batches. */
    delete(keys: readonly string[]): Promise<void>;
    close(): void;
}
