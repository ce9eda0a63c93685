# Saloon in a container that holds the program and nothing else: no shell, no libraries.
#
#   docker build -t saloon .
#   docker run -d --name saloon -p 6667:6667 -p 6697:6697 -p 8067:8067 -v saloon:/data saloon
#
# docs/operate.md has more: a configuration of your own, certificates, backups.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
# The same program as everywhere else, with the C library in it. It looks up host names only for clients.
RUN RUSTFLAGS="-C target-feature=+crt-static" \
    cargo build --release --locked --target "$(rustc -vV | sed -n 's/^host: //p')" \
 && mkdir -p /image/usr/bin /image/etc/saloon /image/usr/share/doc/saloon /image/data \
 && cp target/*/release/saloon /image/usr/bin/ \
 && cp packaging/container.toml /image/etc/saloon/saloon.toml \
 && cp LICENSE-APACHE LICENSE-MIT /image/usr/share/doc/saloon/ \
 && packaging/licences "$(rustc -vV | sed -n 's/^host: //p')" > /image/usr/share/doc/saloon/third-party-licences

FROM scratch
COPY --from=build /image/usr /usr
COPY --from=build /image/etc /etc
COPY --from=build --chown=65532:65532 /image/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 6667 6697 6670 8067
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["/usr/bin/saloon", "health"]
ENTRYPOINT ["/usr/bin/saloon"]
CMD ["serve", "--config", "/etc/saloon/saloon.toml"]
