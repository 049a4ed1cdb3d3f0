# The tools that drive the built artefact, in .venv-aws: Lambda's runtime client, the emulator ministack, sam.
#
#   make -f tests/artefact/tools.mk                       for the template's runtime
#   make -f tests/artefact/tools.mk RUNTIME=python3.13    for another one
#   make -f tests/artefact/tools.mk lock                  write the lock files (needs uv)
#
# Each in an environment of its own: what an emulator needs must not hide what the layer lacks. Their interpreter is
# the runtime's, since the layer's byte code is made for it and ministack runs functions with its own.

include shared/bytecode.mk

TOOLS := .venv-aws
LOCKS := tests/artefact/tools
NAMES := runtime ministack sam
COMPILED := runtime ministack # as what Lambda brings along is; the functions' imports are measured
# The runtime has them, compiled; a plain handler that ships a botocore of its own starts slower still.
IN_THE_RUNTIME := botocore python-dateutil six urllib3
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

ifneq ($(shell command -v uv 2>/dev/null),)
NEW_ENVIRONMENT = uv venv --quiet --clear --python "$(PYTHON_OF_THE_RUNTIME)" "$(1)"
INSTALL = uv pip install --quiet --python "$(1)/bin/python" --require-hashes --no-deps
else
NEW_ENVIRONMENT = "$(PYTHON_OF_THE_RUNTIME)" -m venv --clear "$(1)"
NO_BYTE_CODE = --no-compile
INSTALL = "$(1)/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
endif

.PHONY: all lock
all: $(NAMES:%=$(TOOLS)/%/$(RUNTIME).stamp) $(TOOLS)/plain/$(RUNTIME).stamp

$(TOOLS)/%/$(RUNTIME).stamp: $(LOCKS)/%.lock
	@echo "make: installing $* for $(RUNTIME) into $(TOOLS)/$*, once"
	@$(call NEW_ENVIRONMENT,$(TOOLS)/$*)
	@$(call INSTALL,$(TOOLS)/$*) -r $<
	@$(if $(filter $*,$(COMPILED)),"$(TOOLS)/$*/bin/python" -m compileall -q -j 0 "$(TOOLS)/$*/lib")
	@touch $@

# What a plain handler ships, for the benchmark to compare to: without byte code, as `sam build` leaves it.
$(TOOLS)/plain/$(RUNTIME).stamp: $(LOCKS)/plain.lock $(TOOLS)/runtime/$(RUNTIME).stamp
	@echo "make: installing a plain handler's packages for $(RUNTIME) into $(TOOLS)/plain, once"
	@rm -rf $(TOOLS)/plain && mkdir -p $(TOOLS)/plain
	@$(call INSTALL,$(TOOLS)/runtime) $(NO_BYTE_CODE) --target $(TOOLS)/plain/python -r $<
	@touch $@

lock:
	@for name in $(NAMES) plain; do \
		echo "make lock: $(LOCKS)/$$name.lock"; \
		[ $$name = plain ] && left_out="$(IN_THE_RUNTIME:%=--no-emit-package %)" || left_out=; \
		$(LOCK) $(LOCK_ARGS) $$left_out --output-file $(LOCKS)/$$name.lock $(LOCKS)/$$name.in || exit 1; \
	done
