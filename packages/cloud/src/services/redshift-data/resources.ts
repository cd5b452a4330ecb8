import { createHash } from "node:crypto"
import type { ResourceType, Unnamed } from "../../service.ts"

/** A stable UUID of a resource. */
function uuid(resource: Unnamed): string {
  const hex = createHash("sha256").update(resource.hash(24)).digest("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

export const namespace: ResourceType = {
  simulated: ["NamespaceName", "DbName", "IamRoles", "DefaultIamRoleArn"],
  ignored: {
    AdminUsername: "IAM decides who may run statements",
    AdminUserPassword: "IAM decides who may run statements",
    ManageAdminPassword: "IAM decides who may run statements",
    AdminPasswordSecretKmsKeyId: "nothing is encrypted on a laptop",
    KmsKeyId: "nothing is encrypted on a laptop",
    LogExports: "statements are in the call log",
    Tags: "tags have no effect",
    FinalSnapshotName: "no snapshots here",
    FinalSnapshotRetentionPeriod: "no snapshots here",
    NamespaceResourcePolicy: "no other account here",
    SnapshotCopyConfigurations: "no snapshots here",
  },
  identify(resource, { account, region }) {
    const name = String(resource.property("NamespaceName") ?? resource.physicalName({ max: 64, lower: true }))
    const id = uuid(resource)
    const arn = `arn:aws:redshift-serverless:${region}:${account}:namespace/${id}`
    return {
      ref: name,
      arn,
      attributes: {
        "Namespace.NamespaceArn": arn,
        "Namespace.NamespaceId": id,
        "Namespace.NamespaceName": name,
        "Namespace.DbName": String(resource.property("DbName") ?? "dev"),
        "Namespace.Status": "AVAILABLE",
        "Namespace.DefaultIamRoleArn": String(resource.property("DefaultIamRoleArn") ?? ""),
        "Namespace.AdminUsername": String(resource.property("AdminUsername") ?? "admin"),
      },
    }
  },
}

export const workgroup: ResourceType = {
  simulated: ["WorkgroupName", "NamespaceName"],
  ignored: {
    BaseCapacity: "the engine takes what the laptop has",
    MaxCapacity: "the engine takes what the laptop has",
    PricePerformanceTarget: "the engine takes what the laptop has",
    SubnetIds: "no network here",
    SecurityGroupIds: "no network here",
    PubliclyAccessible: "no network here",
    EnhancedVpcRouting: "no network here",
    Port: "only the Data API is served",
    ConfigParameters: "limits and audit of statements are not simulated",
    Tags: "tags have no effect",
    TrackName: "one engine version",
    RecoveryPointId: "no snapshots here",
    SnapshotArn: "no snapshots here",
    SnapshotName: "no snapshots here",
    SnapshotOwnerAccount: "no snapshots here",
  },
  identify(resource, { account, region }) {
    const name = String(resource.property("WorkgroupName") ?? resource.physicalName({ max: 64, lower: true }))
    const id = uuid(resource)
    const arn = `arn:aws:redshift-serverless:${region}:${account}:workgroup/${id}`
    return {
      ref: name,
      arn,
      attributes: {
        "Workgroup.WorkgroupArn": arn,
        "Workgroup.WorkgroupId": id,
        "Workgroup.WorkgroupName": name,
        "Workgroup.NamespaceName": String(resource.property("NamespaceName") ?? ""),
        "Workgroup.Status": "AVAILABLE",
        "Workgroup.Endpoint.Address": `${name}.${account}.${region}.redshift-serverless.amazonaws.com`,
        "Workgroup.Endpoint.Port": "5439",
      },
    }
  },
}
