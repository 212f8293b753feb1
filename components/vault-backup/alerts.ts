/** The alert rules of VaultBackup, for the Prometheus Operator: on what kube-state-metrics tells of its jobs. */
import type { ObjectNames } from "./names";
import type { BackupSettings } from "./plan";

/** Where no save, or no drill, has succeeded for too long, or none is known to have succeeded ever. */
export function alertsSpec(settings: BackupSettings, names: ObjectNames, severity: string) {
    const { maxAgeSeconds, clusterName, drill } = settings;
    const cluster = `Vault's cluster ${clusterName}`;
    return {
        groups: [
            groupOf(settings, severity, {
                job: names.save,
                alert: "VaultBackup",
                maxAgeSeconds,
                tooOld: `No snapshot of ${cluster} was saved for {{ $value | humanizeDuration }}.`,
                unknown: `No snapshot of ${cluster} is known to have been saved.`,
            }),
            ...(drill === undefined
                ? []
                : [
                      groupOf(settings, severity, {
                          job: names.drill,
                          alert: "VaultRestoreDrill",
                          maxAgeSeconds: drill.maxAgeSeconds,
                          tooOld: `No snapshot of ${cluster} was seen to restore for {{ $value | humanizeDuration }}.`,
                          unknown: `No snapshot of ${cluster} is known to have been seen to restore.`,
                      }),
                  ]),
        ],
    };
}

/** A job whose success must not be too long ago. */
interface Watched {
    readonly job: string;
    /** Begins the alerts' names. */
    readonly alert: string;
    readonly maxAgeSeconds: number;
    /** What the alerts say. */
    readonly tooOld: string;
    readonly unknown: string;
}

function groupOf({ namespace, clusterName }: BackupSettings, severity: string, watched: Watched) {
    const { job, alert, maxAgeSeconds } = watched;
    const metric = `kube_cronjob_status_last_successful_time{namespace="${namespace}",cronjob="${job}"}`;
    const labels = { severity, cluster: clusterName };
    return {
        name: job,
        rules: [
            {
                alert: `${alert}TooOld`,
                expr: `time() - max(${metric}) > ${maxAgeSeconds}`,
                for: "5m",
                labels,
                annotations: {
                    summary: watched.tooOld,
                    description: `The CronJob ${job} in the namespace ${namespace} has not succeeded in time. See the logs of its last job.`,
                },
            },
            {
                alert: `${alert}Unknown`,
                expr: `absent(${metric})`,
                // As long as the first run may take to come.
                for: `${maxAgeSeconds}s`,
                labels,
                annotations: {
                    summary: watched.unknown,
                    description: `The CronJob ${job} in the namespace ${namespace} has never succeeded, or kube-state-metrics does not tell.`,
                },
            },
        ],
    };
}
