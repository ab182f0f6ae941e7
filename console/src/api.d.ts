// Which paths, parameters and answers does the node have? Made from console/openapi.json by `npm run types`; never edited.
export interface paths {
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The ledger, the latest entry first. */
        get: operations["entries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Follows the chain of the ledger. */
        post: operations["verify"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/who/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who got an object, also one that is held no more. */
        get: operations["who"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changes, as server-sent events: `id` is the place in the log, to be given back as `Last-Event-ID`; the data is a `Changed`. */
        get: operations["changes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Collections that there are for this reader. */
        get: operations["collections"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/complete": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Completes a query. */
        get: operations["complete"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/graph": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** The graph around objects. */
        post: operations["graph"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/graph/path": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A shortest path between two objects; empty where there is none. */
        get: operations["path"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/graphs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The graphs that the user keeps. */
        get: operations["saved_graphs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/graphs/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One of them. Of objects that the user may not see any more, only the place is kept. */
        get: operations["saved_graph"];
        /** Keeps a graph. */
        put: operations["save_graph"];
        post?: never;
        /** Keeps it no more. */
        delete: operations["remove_graph"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the node is. */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Hits of our own sensors. */
        get: operations["hits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/hits/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Says what becomes of a hit. A false positive is an opinion of ours, by which sensors fire on it no more. */
        post: operations["change_hit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/home": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed since the last visit. */
        get: operations["home"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/intake": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Publishes a draft, or proposes it where a second person is asked for. */
        post: operations["publish"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/intake/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Who would see what of a draft. */
        post: operations["preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/intake/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reads a text or file; keeps nothing. */
        post: operations["read"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/markings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Markings that may be chosen: TLP 2.0, and what is held and may be seen. */
        get: operations["markings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/matrix": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Techniques and how often they are used. */
        get: operations["matrix"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/matrix/layer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same as a layer for ATT&CK Navigator. */
        get: operations["layer"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Searches. */
        get: operations["objects"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One object and what is around it. */
        get: operations["object"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects/{id}/audience": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Which partner gets what of an object. */
        get: operations["audience"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects/{id}/marking": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Marks an object of ours otherwise. */
        post: operations["mark"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects/{id}/recall": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Recalls an object of ours. */
        post: operations["recall"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/objects/{id}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version of an object, as it is released to this reader. */
        get: operations["version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/partners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All partners. */
        get: operations["partners"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/partners/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One partner. */
        get: operations["partner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The queue. */
        get: operations["releases"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/releases/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One release: who sees what, and by which line of the rule not. */
        get: operations["release"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/releases/{id}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Approves or rejects what somebody else proposed. */
        post: operations["decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/releases/{id}/outgoing": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The exact bytes that a partner gets of it. */
        get: operations["outgoing"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["me"];
        put?: never;
        /** Signs in with a password. */
        post: operations["sign_in"];
        /** Signs out. */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/certificate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Signs in with the client certificate that was shown. */
        post: operations["by_shown_certificate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/doors": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** In which ways one may sign in here; for everybody. */
        get: operations["doors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Leads to the identity provider. */
        get: operations["oidc_begin"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/oidc/return": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Comes back from the identity provider. */
        get: operations["oidc_return"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes the own password; other sessions of the user end. */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/totp": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Puts the offered second factor in force. */
        put: operations["confirm_totp"];
        /** Offers a second factor; it is in force once a code of it was shown. */
        post: operations["offer_totp"];
        /** Takes the own second factor away. */
        delete: operations["remove_totp"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in: administrators see all, others their own. */
        get: operations["sessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends a session: administrators any, others their own. */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/sightings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who saw what. */
        get: operations["sightings"];
        put?: never;
        /** We saw it too. */
        post: operations["add_sighting"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Counts over time, campaigns, countries. */
        get: operations["timeline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Credentials of partners. */
        get: operations["tokens"];
        put?: never;
        /** Makes a token for a partner. */
        post: operations["add_token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Withdraws a credential. */
        delete: operations["remove_token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All users. */
        get: operations["users"];
        put?: never;
        /** Makes a user. Without certificate and subject, a password is made and shown this once. */
        post: operations["add_user"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{user}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a user. */
        delete: operations["remove_user"];
        options?: never;
        head?: never;
        /** Changes a user. Who is disabled, or gets another password, is signed out. */
        patch: operations["change_user"];
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What was agreed about one collection. */
        Agreement: {
            ceiling: components["schemas"]["TlpLevel"];
            collection: string;
            from?: string | null;
            in_force: boolean;
            /** @description `read`, `submit`, `delete`. */
            may: string[];
            title: string;
            until?: string | null;
        };
        /**
         * @description Yes or no.
         * @enum {string}
         */
        Approval: "approve" | "reject";
        /** @description The second person's word. */
        ApprovalRequest: {
            decision: components["schemas"]["Approval"];
            reason?: string | null;
        };
        /** @description One bar of a histogram. */
        Bar: {
            /** Format: int64 */
            count: number;
            from: string;
            until: string;
        };
        /** @description Who saw what. */
        Board: {
            next?: string | null;
            /** @description Names of partners, and of our own organisation: the columns. */
            partners: string[];
            rows: components["schemas"]["BoardRow"][];
        };
        /** @description What one partner saw of it. */
        BoardCell: {
            /** Format: int64 */
            count: number;
            first?: string | null;
            last?: string | null;
            partner: string;
            state: components["schemas"]["SeenState"];
        };
        /** @description One indicator. */
        BoardRow: {
            cells: components["schemas"]["BoardCell"][];
            indicator: components["schemas"]["Row"];
        };
        /** @description A campaign and when it was seen. */
        Campaign: {
            first?: string | null;
            id: string;
            last?: string | null;
            name: string;
        };
        /** @description What changed, without objects: one message of the stream, whose event id is `sequence`. */
        Changed: {
            /** @description How many objects that this reader may see were added, by type. */
            added: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Open hits.
             */
            hits: number;
            /**
             * Format: int64
             * @description Releases that wait.
             */
            releases: number;
            /** Format: int64 */
            sequence: number;
        };
        /** @description One of them. */
        Collection: {
            alias: string;
            /** @description What stands for the markings of an object that has none. */
            default_marking: string[];
            description?: string | null;
            id: string;
            /** @description Partners that read it now. */
            readers: string[];
            /** @description Whether a second person has to approve what is published in it. */
            second_person: boolean;
            title: string;
        };
        /** @description Collections. */
        Collections: {
            collections: components["schemas"]["Collection"][];
        };
        /** @description One way to go on. */
        Completion: {
            /**
             * Format: int64
             * @description How many objects have it; of fields nothing.
             */
            count?: number | null;
            /** @description The first character of the query that it stands for, and the one behind the last. */
            from: number;
            /** @description `field`, `value`, `word`. */
            kind: string;
            text: string;
            until: number;
        };
        /** @description A country, and how much speaks of it. */
        Country: {
            /** @description As STIX locations have it: ISO 3166-1 alpha-2, mostly. The web app has the names. */
            code: string;
            /** Format: int64 */
            count: number;
        };
        DayCount: {
            /** Format: int64 */
            count: number;
            day: string;
        };
        /** @description The second person's decision. */
        Decided: {
            at: string;
            by: string;
            decision: components["schemas"]["Approval"];
            reason?: string | null;
        };
        /**
         * @description Which end this object is at.
         * @enum {string}
         */
        Direction: "out" | "in";
        /** @description In which ways one may sign in here; told to everybody. */
        Doors: {
            /** @description Whether the client certificate that was shown belongs to a user: `POST /api/v1/session/certificate` signs in. */
            certificate: boolean;
            /** @description The name of the identity provider, where there is one: `GET /api/v1/session/oidc` leads there. */
            oidc?: string | null;
            /** @description The name of the node's organisation. */
            organisation: string;
            password: boolean;
        };
        /** @description Objects that are not published yet. */
        Draft: {
            /** @description The collection's alias or id. */
            collection: string;
            /** @description Ids of marking-definitions, or `TLP:GREEN` and the like, put on every object that has none. Never empty. */
            marking: string[];
            objects: Record<string, unknown>[];
            /** @description Why it is released; kept in the queue. */
            reason?: string | null;
        };
        /** @description What would become of a draft. */
        DraftPreview: {
            matrix: components["schemas"]["ReleaseMatrix"];
            recipients: components["schemas"]["Recipient"][];
            /** @description What would be refused. */
            refused: components["schemas"]["ObjectFinding"][];
            /** @description Whether another releaser has to approve. */
            second_person: boolean;
            /** @description Where it says more than its readers may know. */
            warnings: components["schemas"]["ObjectFinding"][];
        };
        /** @description A relationship, or a reference of one object to another. */
        Edge: {
            /** @description The relationship's id; for a reference, one made of both ends. */
            id: string;
            source: string;
            target: string;
            verb: string;
        };
        /** @description Entries of the ledger, the latest first. */
        Entries: {
            entries: components["schemas"]["LedgerEntry"][];
            next?: string | null;
            /**
             * Format: int64
             * @description How many entries the ledger has.
             */
            total: number;
        };
        /** @description A value and how many have it. */
        Facet: {
            /** Format: int64 */
            count: number;
            /** @description What people call it, where that is something else. */
            name?: string | null;
            value: string;
        };
        /** @description Counts by property. */
        Facets: {
            label: components["schemas"]["Facet"][];
            rel: components["schemas"]["Facet"][];
            source: components["schemas"]["Facet"][];
            tlp: components["schemas"]["Facet"][];
            type: components["schemas"]["Facet"][];
        };
        /** @description A source of objects and how it is. */
        Feed: {
            error?: string | null;
            latest?: string | null;
            name: string;
            state: components["schemas"]["FeedState"];
        };
        /** @enum {string} */
        FeedState: "live" | "quiet" | "failing";
        /** @description Neighbours that are not shown. */
        Folded: {
            around: string;
            /** Format: int64 */
            count: number;
            type: string;
            verb: string;
        };
        /** @description A framework, such as ATT&CK Enterprise. */
        Framework: {
            id: string;
            name: string;
        };
        /** @description A part of the graph. */
        Graph: {
            edges: components["schemas"]["Edge"][];
            /** @description What there is besides, counted. */
            folded: components["schemas"]["Folded"][];
            nodes: components["schemas"]["Node"][];
        };
        /** @description What is asked of the graph. */
        GraphQuery: {
            /** @description Ids around which. */
            around: string[];
            /** @description Only what was first or last seen from then on. */
            from?: string | null;
            /** @description Types that are not wanted. */
            hide_types?: string[];
            /** @description Verbs that are not wanted. */
            hide_verbs?: string[];
            /**
             * Format: int32
             * @description At most so many nodes, up to 500.
             */
            limit?: number | null;
            /** @description Whether reports, containers and who made what are joined as well. */
            meta?: boolean;
            until?: string | null;
        };
        /** @description How the node is. */
        Health: {
            /**
             * Format: int64
             * @description Anything but 0 is a fault.
             */
            alarms: number;
            backend: string;
            last_change: string;
            /** Format: int64 */
            objects: number;
            /** @description What an administrator should look at. */
            remarks: string[];
            /** Format: int64 */
            sessions: number;
            /** Format: int64 */
            streams: number;
            version: string;
        };
        /** @description All sightings of one indicator by one sensor. */
        Hit: {
            /** Format: int32 */
            confidence?: number | null;
            /** Format: int64 */
            count: number;
            first?: string | null;
            id: string;
            indicator: components["schemas"]["Row"];
            last?: string | null;
            sensor: string;
            state: components["schemas"]["HitState"];
            /** @description Until when it is snoozed. */
            until?: string | null;
            /** @description What was seen, as far as the pattern says; else what the indicator is called. */
            value: string;
            /** @description The pattern that matched. */
            why: string;
        };
        /** @description What becomes of a hit. */
        HitChange: {
            state: components["schemas"]["HitState"];
            /** @description Until when, for `snoozed`. */
            until?: string | null;
        };
        /**
         * @description What became of a hit.
         * @enum {string}
         */
        HitState: "open" | "done" | "snoozed" | "false-positive";
        /** @description Hits of this organisation's own sensors. */
        Hits: {
            hits: components["schemas"]["Hit"][];
            next?: string | null;
        };
        /** @description What changed. */
        Home: {
            /** @description What was added, by type. */
            added: components["schemas"]["TypeCount"][];
            feeds: components["schemas"]["Feed"][];
            /** Format: int64 */
            hits_open: number;
            /** @description What partners brought. */
            partners: components["schemas"]["PartnerCount"][];
            /** Format: int64 */
            releases_pending: number;
            /** @description Sightings by day, over two weeks. */
            sightings: components["schemas"]["DayCount"][];
            since: string;
            /**
             * Format: int64
             * @description How many objects this reader may see at all.
             */
            total: number;
        };
        /**
         * @description What can be read.
         * @enum {string}
         */
        IntakeFormat: "stix" | "misp" | "csv" | "list" | "text";
        /** @description What became of a draft. */
        IntakeResult: {
            /** @description Ids of what is held now; empty where it waits for approval. */
            accepted: string[];
            refused: components["schemas"]["ObjectFinding"][];
            /** @description The release that it is in the queue. */
            release?: string | null;
        };
        /** @description One entry. */
        LedgerEntry: {
            /** @description On which way it left. */
            channel?: string | null;
            collection?: string | null;
            hash: string;
            /** @description `release`, `submission`, `removal`, `relabelling`, `policy`, `credentials`, `person`, `checkpoint`, `unreadable`. */
            kind: string;
            /** Format: int64 */
            number: number;
            /**
             * Format: int64
             * @description How many objects it speaks of.
             */
            objects: number;
            partner?: string | null;
            /**
             * Format: int64
             * @description How many of them were redacted.
             */
            redacted: number;
            /** @description In words. */
            text: string;
            time: string;
        };
        /** @description What is wrong, by line. */
        LineFinding: {
            code: string;
            /** @description From 1; 0 for the whole. */
            line: number;
            message: string;
        };
        /** @description Something was made. */
        Made: {
            id: string;
        };
        /** @description What markings add up to. */
        Marking: {
            /** @description Nations, organisations and communities to which it may go, where that is limited. */
            rel: string[];
            /** @description The whole label in words: nothing is left out of it. */
            text: string;
            /** @description `clear`, `green`, `amber`, `amber+strict`, `red`. */
            tlp: components["schemas"]["TlpLevel"];
        };
        /** @description One of them. */
        MarkingChoice: {
            id: string;
            /** @description `tlp`, `statement`, `releasability`, … */
            kind: string;
            name: string;
            tlp?: components["schemas"]["TlpLevel"] | null;
        };
        /** @description Other markings for an object of ours. */
        MarkingRequest: {
            /** @description Ids of marking-definitions, or `TLP:GREEN` and the like. Never empty. */
            marking: string[];
            reason: string;
        };
        /** @description Markings that may be chosen. */
        Markings: {
            markings: components["schemas"]["MarkingChoice"][];
        };
        /** @description Tactics and techniques. */
        Matrix: {
            /** @description Which of them this is; empty where there is none. */
            framework: string;
            frameworks: components["schemas"]["Framework"][];
            /** @description What may be counted or compared. */
            subjects: components["schemas"]["Subject"][];
            tactics: components["schemas"]["Tactic"][];
        };
        /** @description Who is signed in. */
        Me: {
            /** @description Classification policy and level up to which the user is cleared. */
            clearances: {
                [key: string]: string;
            };
            /** @description In which languages there are words, the user's own first. */
            languages: string[];
            method: components["schemas"]["Method"];
            name: string;
            organisation: components["schemas"]["OwnOrganisation"];
            /** @description Every role that the user has: each has those before it. */
            roles: components["schemas"]["Role"][];
            /** @description Whether there is a second factor. */
            totp: boolean;
            /** @description When the session ends, whatever happens. */
            until: string;
            user: string;
        };
        /**
         * @description How somebody signed in.
         * @enum {string}
         */
        Method: "password" | "oidc" | "certificate";
        /** @description "We saw it too". */
        NewSighting: {
            /** @description Where to; the collection of the indicator where it is not said. */
            collection?: string | null;
            /**
             * Format: int32
             * @description How often; 0 says that it was looked for and not seen.
             */
            count?: number;
            first?: string | null;
            /** @description The indicator's id. */
            indicator: string;
            last?: string | null;
            /** @description Ids of marking-definitions, or `TLP:GREEN` and the like; the indicator's own are added. At least one. */
            marking: string[];
        };
        /** @description A token to be made. */
        NewToken: {
            expires?: string | null;
            note?: string;
            partner: string;
        };
        /** @description A user to be made. */
        NewUser: {
            ceiling?: components["schemas"]["TlpLevel"] | null;
            certificates?: string[];
            clearances?: {
                [key: string]: string;
            };
            name?: string | null;
            oidc?: string | null;
            role: components["schemas"]["Role"];
            /** @description 1 to 64 letters, digits, `-`, `_`, `.`, `@`. */
            user: string;
        };
        /** @description An object in the graph. */
        Node: {
            /**
             * Format: int64
             * @description How many neighbours this reader may see, in the whole graph.
             */
            degree: number;
            first?: string | null;
            id: string;
            last?: string | null;
            marking: components["schemas"]["Marking"];
            name: string;
            /**
             * Format: int64
             * @description How far in front it stands: 0 for those asked for, then in order.
             */
            rank: number;
            type: string;
        };
        /** @description What is wrong with an object. */
        ObjectFinding: {
            code: string;
            message: string;
            /** @description The object's id, where it has one. */
            object?: string | null;
        };
        /** @description A version and when it was added. */
        ObjectVersion: {
            added: string;
            version: string;
        };
        /** @description One object and what is around it. */
        ObjectView: {
            /** @description Markings of single properties, by selector as granular markings have it. */
            markings: {
                [key: string]: components["schemas"]["Marking"];
            };
            notes: components["schemas"]["Remark"][];
            /** @description The object as it is released to this reader, to the byte. */
            object: Record<string, unknown>;
            opinions: components["schemas"]["Remark"][];
            provenance: components["schemas"]["Provenance"][];
            relationships: components["schemas"]["RelationshipGroup"][];
            row: components["schemas"]["Row"];
            sightings: components["schemas"]["SightingRow"][];
            /** @description Every version, the latest first. */
            versions: components["schemas"]["ObjectVersion"][];
            /** @description JSON pointers of what is withheld from this reader, each with the line of the rule; only where it is seen as a partner. */
            withheld: components["schemas"]["WithheldProperty"][];
        };
        /** @description Objects that were found. */
        Objects: {
            facets: components["schemas"]["Facets"];
            /** @description How many were added when. */
            histogram: components["schemas"]["Bar"][];
            next?: string | null;
            objects: components["schemas"]["Row"][];
            /**
             * Format: int64
             * @description How many there are, exactly, for this reader.
             */
            total: number;
        };
        /** @description Whose node this is. */
        OwnOrganisation: {
            id: string;
            name: string;
            nation?: string | null;
        };
        /** @description One partner. */
        Partner: {
            agreements: components["schemas"]["Agreement"][];
            /** @description SHA-256 fingerprints. */
            certificates: string[];
            clearances: {
                [key: string]: string;
            };
            communities: string[];
            summary: components["schemas"]["PartnerSummary"];
            /** @description For administrators: it counts what others may not know of. */
            traffic?: components["schemas"]["TrafficDay"][] | null;
        };
        PartnerCount: {
            /** Format: int64 */
            count: number;
            latest?: string | null;
            name: string;
        };
        /** @description One of them. */
        PartnerSummary: {
            /** @description Whether it has any way to sign in; for administrators. */
            can_sign_in?: boolean | null;
            /** @description Aliases of the collections that it may use now. */
            collections: string[];
            /** @description What was refused last; for administrators. */
            last_error?: string | null;
            /** @description When it last got or brought something; for administrators. */
            last_seen?: string | null;
            name: string;
            nation?: string | null;
            organisation: string;
            /** @description Whether these are this node's own sensors. */
            sensors: boolean;
        };
        /** @description All partners. */
        Partners: {
            partners: components["schemas"]["PartnerSummary"][];
        };
        /** @description A new password, by its owner. */
        PasswordChange: {
            new: string;
            old: string;
        };
        /**
         * @description What becomes of a password.
         * @enum {string}
         */
        PasswordReset: "new" | "none";
        /** @description One step. */
        Point: {
            /** Format: int64 */
            count: number;
            from: string;
        };
        /** @description What went wrong. */
        ProblemBody: {
            /** @description One word for programs. */
            code: string;
            findings?: components["schemas"]["ObjectFinding"][];
            /** @description The same id is in the node's log. */
            id: string;
            /** @description What, and what to do. */
            message: string;
        };
        /** @description An object that may be taken. */
        Proposal: {
            findings: components["schemas"]["ObjectFinding"][];
            /** @description The id of what is held already and says the same, as far as this reader may see it. */
            held?: string | null;
            object: Record<string, unknown>;
            /** @description Where it says so. */
            quotes: components["schemas"]["Quote"][];
            /** @description The warninglist that its value is on. */
            warninglist?: string | null;
        };
        /** @description How it came here. */
        Provenance: {
            added: string;
            collection: string;
            marking: components["schemas"]["Marking"];
            source: components["schemas"]["Source"];
            version: string;
            way: components["schemas"]["Way"];
        };
        /** @description A piece of the text. */
        Quote: {
            /** @description The first character in the line, from 0, and the one behind the last, in units of UTF-16 as browsers count. */
            from: number;
            /** @description The line, from 1. */
            line: number;
            text: string;
            until: number;
        };
        /** @description A text or file to read. Nothing is kept. */
        ReadRequest: {
            /** @description The file's name, where it was a file: its ending helps to tell what it is. */
            file?: string | null;
            format?: components["schemas"]["IntakeFormat"] | null;
            /** @description The text, or the content of the file. */
            text: string;
        };
        /** @description What was read. */
        Reading: {
            /** @description What is wrong with the text or file as a whole. */
            findings: components["schemas"]["LineFinding"][];
            format: components["schemas"]["IntakeFormat"];
            /** @description Whether there was more than is read at once. */
            more: boolean;
            proposals: components["schemas"]["Proposal"][];
        };
        /**
         * @description How it is recalled.
         * @enum {string}
         */
        RecallKind: "revoke" | "withdraw";
        /** @description Why it is recalled. */
        RecallRequest: {
            /** @description Revoked where it is not said. */
            how?: components["schemas"]["RecallKind"];
            reason: string;
        };
        /** @description What became of a recall or a marking. */
        Recalled: {
            /** @description Who got the object before, as the ledger knows. */
            holders: string[];
            /** @description The release that it is in the queue. */
            release: string;
            state: components["schemas"]["ReleaseState"];
        };
        /** @description Somebody got a version of an object. */
        Receipt: {
            added: string;
            channel: string;
            collection: string;
            /** Format: int64 */
            entry: number;
            /** @description Empty where it was shown to one of our own people. */
            partner: string;
            time: string;
            version: string;
            /** @description Which of our own people. */
            viewer?: string | null;
            /** @description What was taken out of it, each with the line of the rule. */
            without: components["schemas"]["Without"][];
        };
        /** @description Who got an object. */
        Receipts: {
            receipts: components["schemas"]["Receipt"][];
        };
        /** @description How much a partner would see. */
        Recipient: {
            partner: string;
            redacted: number;
            sees: number;
            withheld: number;
        };
        /** @description Relationships of one kind. */
        RelationshipGroup: {
            direction: components["schemas"]["Direction"];
            /** @description The objects at the other end, the first of them. */
            rows: components["schemas"]["Row"][];
            /** Format: int64 */
            total: number;
            verb: string;
        };
        /** @description One release. */
        Release: {
            matrix: components["schemas"]["ReleaseMatrix"];
            summary: components["schemas"]["ReleaseSummary"];
        };
        /** @description What one partner gets of it. */
        ReleaseCell: {
            decision: components["schemas"]["ReleaseDecision"];
            /**
             * Format: int32
             * @description The line of the rule that decides, where it withholds.
             */
            line?: number | null;
            partner: string;
            reason?: string | null;
            withheld_properties: components["schemas"]["WithheldProperty"][];
        };
        /**
         * @description What the rule says.
         * @enum {string}
         */
        ReleaseDecision: "sees" | "redacted" | "withheld";
        /**
         * @description What a release does.
         * @enum {string}
         */
        ReleaseKind: "publish" | "recall" | "marking";
        /** @description Who sees what, and by which line of the rule not. */
        ReleaseMatrix: {
            /** @description Names of partners, the columns. */
            partners: string[];
            rows: components["schemas"]["ReleaseRow"][];
        };
        /** @description One object. */
        ReleaseRow: {
            cells: components["schemas"]["ReleaseCell"][];
            object: components["schemas"]["Row"];
        };
        /**
         * @description Where a release stands.
         * @enum {string}
         */
        ReleaseState: "pending" | "released" | "rejected" | "recalled";
        /** @description One release in the queue. */
        ReleaseSummary: {
            /** @description Who proposed it, and when. */
            by: string;
            collection: string;
            decided?: components["schemas"]["Decided"] | null;
            id: string;
            kind: components["schemas"]["ReleaseKind"];
            /** @description Whether this user may decide about it: nobody approves what they proposed. */
            may_decide: boolean;
            /** @description How many objects. */
            objects: number;
            proposed: string;
            reason?: string | null;
            state: components["schemas"]["ReleaseState"];
            /** @description What the first of them is called. */
            title: string;
        };
        /** @description The queue. */
        Releases: {
            next?: string | null;
            releases: components["schemas"]["ReleaseSummary"][];
        };
        /** @description A note or an opinion. */
        Remark: {
            created?: string | null;
            id: string;
            marking: components["schemas"]["Marking"];
            /** @description `agree` and its kin, of an opinion. */
            opinion?: string | null;
            source: components["schemas"]["Source"];
            text: string;
        };
        /**
         * @description What somebody may do; each role may what those before it may.
         * @enum {string}
         */
        Role: "reader" | "analyst" | "releaser" | "administrator";
        /** @description One object in a list. */
        Row: {
            /** @description The date added, TAXII's. */
            added: string;
            /** @description Aliases of the collections it is in. */
            collections: string[];
            /** Format: int32 */
            confidence?: number | null;
            created?: string | null;
            description?: string | null;
            external_id?: string | null;
            /** @description First seen, first observed or valid from. */
            first?: string | null;
            id: string;
            labels: string[];
            /** @description Last seen, last observed or valid until. */
            last?: string | null;
            marking: components["schemas"]["Marking"];
            modified?: string | null;
            /** @description Its name, value or pattern: what people call it. */
            name: string;
            revoked: boolean;
            /**
             * Format: int64
             * @description How many sightings of it this reader may see.
             */
            sightings: number;
            source?: components["schemas"]["Source"] | null;
            type: string;
        };
        /** @description A graph that a user keeps. */
        SavedGraph: {
            /** @description What the web app wants to keep with it. */
            filters?: Record<string, unknown>;
            name: string;
            nodes: components["schemas"]["SavedNode"][];
        };
        /** @description One of them. */
        SavedGraphSummary: {
            name: string;
            nodes: number;
            saved: string;
        };
        /** @description The graphs that a user keeps. */
        SavedGraphs: {
            graphs: components["schemas"]["SavedGraphSummary"][];
        };
        /** @description Where a node stands. */
        SavedNode: {
            id: string;
            pinned?: boolean;
            /** Format: double */
            x: number;
            /** Format: double */
            y: number;
        };
        /**
         * @description Whether it was seen.
         * @enum {string}
         */
        SeenState: "seen" | "looked" | "none";
        /** @description What one source brought, step by step. */
        Series: {
            /** @description Objects by when they were modified, sightings left out. */
            points: components["schemas"]["Point"][];
            /** @description Sightings by when they were seen last. */
            sightings: components["schemas"]["Point"][];
            /** @description A partner's name, or our own organisation's. */
            source: string;
        };
        /** @description Somebody is signed in. */
        Session: {
            /** @description From where, as far as it is known. */
            address: string;
            agent: string;
            created: string;
            /** @description Not what the browser has: of no use to sign in. */
            id: string;
            last_seen: string;
            method: components["schemas"]["Method"];
            /** @description Whether it is the session that asks. */
            own: boolean;
            until: string;
            user: string;
        };
        /** @description All sessions. */
        Sessions: {
            sessions: components["schemas"]["Session"][];
        };
        /** @description A sighting of the object. */
        SightingRow: {
            /** Format: int64 */
            count: number;
            first?: string | null;
            id: string;
            last?: string | null;
            marking: components["schemas"]["Marking"];
            source: components["schemas"]["Source"];
        };
        /** @description What somebody signs in with. */
        SignIn: {
            /** @description Six digits, where the account has a second factor. */
            code?: string | null;
            password: string;
            user: string;
        };
        /** @description Who brought it. */
        Source: {
            /** @description The organisation's identity. */
            id: string;
            name: string;
        };
        /**
         * @description A step of time.
         * @enum {string}
         */
        Step: "day" | "week" | "month";
        /** @description Something whose techniques may be counted. */
        Subject: {
            /**
             * Format: int64
             * @description How many techniques it uses.
             */
            count: number;
            id: string;
            name: string;
            type: string;
        };
        /** @description A column. */
        Tactic: {
            id: string;
            name: string;
            techniques: components["schemas"]["Technique"][];
        };
        /** @description A cell. */
        Technique: {
            /**
             * Format: int64
             * @description The count of what is compared with.
             */
            against: number;
            /** @description Sub-techniques. */
            children: components["schemas"]["Technique"][];
            /** Format: int64 */
            count: number;
            external_id: string;
            id: string;
            name: string;
            /**
             * Format: int64
             * @description How many of the uses our own organisation says.
             */
            own: number;
        };
        /** @description Counts over time, campaigns, countries. */
        Timeline: {
            campaigns: components["schemas"]["Campaign"][];
            countries: components["schemas"]["Country"][];
            series: components["schemas"]["Series"][];
        };
        /**
         * @description A traffic light of TLP 2.0.
         * @enum {string}
         */
        TlpLevel: "clear" | "green" | "amber" | "amber+strict" | "red";
        /** @description A credential without its secret. */
        Token: {
            created: string;
            expires?: string | null;
            id: string;
            /** @description `token`, `password`, or `sensor` for the token of a sensor of ours, by its name. */
            kind: string;
            note: string;
            partner: string;
        };
        /** @description A token, shown this once. */
        TokenMade: {
            id: string;
            secret: string;
        };
        /** @description Credentials of partners. */
        Tokens: {
            tokens: components["schemas"]["Token"][];
        };
        /** @description A code of the second factor. */
        TotpCode: {
            code: string;
        };
        /** @description A second factor to be set up: shown this once, and in force once a code proves that it is known. */
        TotpOffer: {
            /** @description The secret in base 32. */
            secret: string;
            /** @description The same as `otpauth://…` for a picture that an app reads. */
            uri: string;
        };
        /**
         * @description What becomes of a second factor.
         * @enum {string}
         */
        TotpReset: "none";
        /** @description What went both ways on one day. */
        TrafficDay: {
            day: string;
            /**
             * Format: int64
             * @description Objects it brought.
             */
            in: number;
            /**
             * Format: int64
             * @description Objects it got.
             */
            out: number;
            /**
             * Format: int64
             * @description Objects of it that were refused.
             */
            refused: number;
        };
        TypeCount: {
            /** Format: int64 */
            count: number;
            type: string;
        };
        /** @description A user. */
        User: {
            ceiling?: components["schemas"]["TlpLevel"] | null;
            /** @description SHA-256 fingerprints of client certificates. */
            certificates: string[];
            clearances: {
                [key: string]: string;
            };
            created: string;
            enabled: boolean;
            last_seen?: string | null;
            /** @description How the user may sign in. */
            methods: components["schemas"]["Method"][];
            name: string;
            /** @description The subject at the identity provider. */
            oidc?: string | null;
            role: components["schemas"]["Role"];
            totp: boolean;
            user: string;
        };
        /** @description What changes about a user; what is not named stays. */
        UserChange: {
            ceiling?: components["schemas"]["TlpLevel"] | null;
            certificates?: string[] | null;
            clearances?: {
                [key: string]: string;
            } | null;
            enabled?: boolean | null;
            name?: string | null;
            /** @description The subject at the identity provider; empty takes it away. */
            oidc?: string | null;
            password?: components["schemas"]["PasswordReset"] | null;
            role?: components["schemas"]["Role"] | null;
            totp?: components["schemas"]["TotpReset"] | null;
        };
        /** @description A user was made or got a new password. */
        UserMade: {
            /** @description The password, shown this once; none where it did not change. */
            password?: string | null;
            user: components["schemas"]["User"];
        };
        /** @description All users. */
        Users: {
            users: components["schemas"]["User"][];
        };
        /** @description Whether the ledger is whole. */
        Verification: {
            /** Format: int64 */
            checkpoints: number;
            /** Format: int64 */
            entries: number;
            hash: string;
            keys: string[];
            /** @description Empty where nothing is wrong. */
            problems: string[];
        };
        /**
         * @description Who brought something here.
         * @enum {string}
         */
        Way: "own" | "partner" | "sensor" | "elsewhere";
        /** @description A property that is withheld, and why. */
        WithheldProperty: {
            /** @description JSON pointer. */
            property: string;
            reason: string;
        };
        /** @description A property that was taken out. */
        Without: {
            /** Format: int32 */
            line: number;
            property: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    entries: {
        parameters: {
            query?: {
                /** @description Only those about this object. */
                object?: string;
                /** @description Only those about this partner. */
                partner?: string;
                /** @description The `next` of the page before; the latest come first. */
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Entries"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    verify: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    who: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipts"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    changes: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["Changed"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    collections: {
        parameters: {
            query?: {
                /** @description The name of a partner: the answer is what that partner would see, and has the header `cresset-as`. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collections"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    complete: {
        parameters: {
            query: {
                /** @description The query so far. */
                q: string;
                /** @description Where the cursor stands, in characters; the end where it is not said. */
                at?: number;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Completion"][];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    graph: {
        parameters: {
            query?: {
                /** @description The name of a partner: the answer is what that partner would see, and has the header `cresset-as`. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GraphQuery"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Graph"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    path: {
        parameters: {
            query: {
                from: string;
                to: string;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Graph"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    saved_graphs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedGraphs"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    saved_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SavedGraph"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    save_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SavedGraph"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    remove_graph: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    hits: {
        parameters: {
            query?: {
                /** @description Open ones where it is not said. */
                state?: components["schemas"]["HitState"];
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hits"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    change_hit: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HitChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    home: {
        parameters: {
            query?: {
                /** @description A moment; where it is not said, since the user's visit before this one, or a week. */
                since?: string;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Home"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    publish: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Draft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["IntakeResult"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    preview: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Draft"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DraftPreview"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    read: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reading"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    markings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Markings"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    matrix: {
        parameters: {
            query?: {
                /** @description Which framework; the first there is where none is named. */
                framework?: string;
                /** @description The subject whose techniques are counted, such as an intrusion set. */
                of?: string;
                /** @description Another to compare with. */
                against?: string;
                /** @description Only what this partner brought. */
                partner?: string;
                from?: string;
                until?: string;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Matrix"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    layer: {
        parameters: {
            query?: {
                /** @description Which framework; the first there is where none is named. */
                framework?: string;
                /** @description The subject whose techniques are counted, such as an intrusion set. */
                of?: string;
                /** @description Another to compare with. */
                against?: string;
                /** @description Only what this partner brought. */
                partner?: string;
                from?: string;
                until?: string;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A layer of ATT&CK Navigator, version 4.5 */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    objects: {
        parameters: {
            query?: {
                /**
                 * @description What is searched: words, `"phrases"`, `word*`, `-not`, and `type:`, `tlp:`, `rel:`, `src:`, `label:`, `id:`, `conf>`,
                 *     `seen>`, `created>`, `modified>`, `added>`. What of it is not understood is told as findings of the problem `query`.
                 */
                q?: string;
                /** @description `modified`, `created`, `added`, `seen`, `confidence`, `type`; the greatest first, with `-` before it the least. */
                sort?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description At most so many, up to 200. */
                limit?: number;
                /** @description How wide a bar of the histogram is; a day where it is not said. */
                by?: components["schemas"]["Step"];
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Objects"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    object: {
        parameters: {
            query?: {
                /** @description The name of a partner: the answer is what that partner would see, and has the header `cresset-as`. */
                as?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ObjectView"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    audience: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseMatrix"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    mark: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MarkingRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recalled"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    recall: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RecallRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recalled"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    version: {
        parameters: {
            query?: {
                /** @description The name of a partner: the answer is what that partner would see, and has the header `cresset-as`. */
                as?: string;
            };
            header?: never;
            path: {
                id: string;
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description STIX, to the byte */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    partners: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Partners"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    partner: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Partner"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    releases: {
        parameters: {
            query?: {
                state?: components["schemas"]["ReleaseState"];
                after?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Releases"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Release"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApprovalRequest"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleaseSummary"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    outgoing: {
        parameters: {
            query: {
                partner: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A bundle */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, unknown>;
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    by_shown_certificate: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    doors: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Doors"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    oidc_begin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    oidc_return: {
        parameters: {
            query?: {
                code?: string;
                state?: string;
                error?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            302: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordChange"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    confirm_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCode"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    offer_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TotpOffer"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    remove_totp: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TotpCode"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sessions"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    sightings: {
        parameters: {
            query?: {
                after?: string;
                limit?: number;
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Board"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    add_sighting: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewSighting"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Made"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    timeline: {
        parameters: {
            query?: {
                /** @description As for objects. */
                q?: string;
                /** @description The step; days where it is not said. */
                by?: components["schemas"]["Step"];
                /** @description See as this partner. */
                as?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Timeline"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    tokens: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Tokens"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    add_token: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TokenMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    remove_token: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    users: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Users"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    add_user: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewUser"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    remove_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    change_user: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                user: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserChange"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserMade"];
                };
            };
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
}
