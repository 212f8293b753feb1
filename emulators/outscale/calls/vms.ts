/** The one call outside of access control, there to tell ordinary calls from guarded ones. */
import { parameter } from "../refusals";
import type { Call } from "./call";

const VM_ID = /^i-[0-9a-f]{8}$/;

export const readVms: Call<"ReadVms"> = (state, { Filters = {}, NextPageToken, ResultsPerPage = 1000 }) => {
    if (ResultsPerPage < 1 || ResultsPerPage > 1000) {
        throw parameter.invalid("ResultsPerPage", "it must lie between 1 and 1000.");
    }
    if (NextPageToken !== undefined)
        throw parameter.invalid("NextPageToken", "no page follows another here.");
    const { VmIds, ...others } = Filters;
    if (VmIds?.some((id) => !VM_ID.test(id)) === true)
        throw parameter.invalid("VmIds", "an id is malformed.");
    const other = Object.keys(others)[0];
    // These machines have nothing but an id: a filter that cannot be honoured is better refused than ignored.
    if (other !== undefined && state.vms.length > 0) {
        throw parameter.invalid(`Filters.${other}`, "the emulator filters machines by VmIds alone.");
    }
    const vms = state.vms.filter((vm) => VmIds === undefined || VmIds.includes(vm.VmId));
    return { body: { Vms: vms.slice(0, ResultsPerPage) } };
};
