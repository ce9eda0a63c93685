//! What is served over HTTP besides conversations.

use serde::Deserialize;
use transport::Cidr;

use super::words::from_texts;
use crate::password::Secret;

/// `[http]`
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Http {
    /// Whether `http://` doors show the web client.
    pub client: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "from_texts")]
    pub proxies: Vec<Cidr>,
    /// What whoever wants `/status` must show; without, one is made up at each start.
    pub admin_token: Option<Secret>,
    /// What whoever wants `/metrics` must show; without, this machine may have them, and nobody else.
    pub metrics_token: Option<Secret>,
}

impl Default for Http {
    fn default() -> Self {
        Self { client: true, proxies: Vec::new(), admin_token: None, metrics_token: None }
    }
}
