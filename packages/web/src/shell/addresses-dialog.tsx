import { useServices } from "../services.tsx"
import { CopyButton } from "../ui/copy-button.tsx"
import { Dialog } from "../ui/dialog.tsx"

/** Where this console's platform is, for those who write a client. */
export function AddressesDialog({ onClose }: { onClose: () => void }) {
  const { config } = useServices()
  const rows = [
    ["HTTP API", config.apiUrl],
    ["Sign-in issuer", config.issuer],
    ["Client id", config.clientId],
    ["Region", config.region],
    ["Stage", config.stage],
  ]
  return (
    <Dialog title="Addresses" onClose={onClose}>
      <dl className="addresses">
        {rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <code>{value}</code>
              <CopyButton text={value ?? ""} label={`Copy ${label}`} small />
            </dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <button type="button" className="button button-secondary" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  )
}
