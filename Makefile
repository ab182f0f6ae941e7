# Two commands: `make demo` to try, `make test` to check.
CARGO ?= cargo

.PHONY: demo test browser build lint bench clients

demo:
	$(CARGO) run --release --quiet --bin cresset -- demo

test:
	console/tests/run web
	$(CARGO) test --workspace --locked

# The screens in Chromium against a node, with what is measured of them.
browser:
	console/tests/run web
	console/tests/run browser

build:
	$(CARGO) build --profile dist --bin cresset

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

clients:
	conformance/clients/run

bench:
	bench/run.py --cresset target/release/cresset
