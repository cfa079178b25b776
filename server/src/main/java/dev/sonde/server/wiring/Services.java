package dev.sonde.server.wiring;

import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import dev.sonde.server.ingest.Ingest;
import dev.sonde.server.ingest.IngestGate;
import dev.sonde.server.ingest.WriteRawService;
import dev.sonde.server.metrics.IngestMetrics;
import dev.sonde.server.metrics.QueryMetrics;
import dev.sonde.server.metrics.Rejections;
import dev.sonde.server.query.FlameQuery;
import dev.sonde.server.query.FrameNamer;
import dev.sonde.server.query.TopQuery;
import dev.sonde.server.query.pprof.PprofExport;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.symbols.Symbols;
import dev.sonde.server.web.BrowserGuard;
import dev.sonde.server.web.DeploysResource;
import dev.sonde.server.web.FlameResource;
import dev.sonde.server.web.InFlightBytes;
import dev.sonde.server.web.KnownTypes;
import dev.sonde.server.web.LabelsResource;
import dev.sonde.server.web.PageService;
import dev.sonde.server.web.PprofResource;
import dev.sonde.server.web.ProfilesResource;
import dev.sonde.server.web.Questions;
import dev.sonde.server.web.SeriesResource;
import dev.sonde.server.web.TopResource;
import dev.sonde.server.web.TypesResource;
import dev.sonde.server.web.health.HealthResource;
import dev.sonde.server.web.health.MetricsResource;
import dev.sonde.server.web.health.Readiness;
import dev.sonde.server.web.refusal.Failures;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Clock;
import java.util.List;

/** Everything that answers on the port. */
record Services(
        ServerConfig config,
        ProfileStore store,
        Symbols symbols,
        PrometheusRegistry registry,
        Readiness readiness,
        Clock clock) {

    Server build() {
        Failures failures = new Failures(new Rejections(registry));
        boolean loopback = config.listen().getAddress().isLoopbackAddress();
        BrowserGuard guard = new BrowserGuard(!loopback, config.allowedHosts());
        ServerBuilder builder = HttpServer.builder(config.listen(), failures, guard);
        Pools pools = Pools.start();
        addIngest(builder, failures, pools.ingest());
        addSymbols(builder, failures, pools.symbols());
        addQuestions(builder, pools.questions());
        builder.annotatedService(new HealthResource(readiness));
        builder.annotatedService(new MetricsResource(registry));
        builder.serviceUnder("/", PageService.create());
        return builder.build();
    }

    private void addIngest(ServerBuilder builder, Failures failures, BlockingTaskExecutor threads) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        Ingest ingest =
                new Ingest(store, IngestGate.forHeap(heapBytes), config.ingest(), new IngestMetrics(registry), clock);
        InFlightBytes bodies = InFlightBytes.forHeap(heapBytes, HttpServer.MAX_BODY_BYTES);
        HttpServer.addGrpc(builder, new WriteRawService(ingest), failures, threads, bodies::around);
        builder.annotatedService()
                .blockingTaskExecutor(threads, true)
                .decorator(bodies::around)
                .build(new ProfilesResource(ingest));
    }

    private void addSymbols(ServerBuilder builder, Failures failures, BlockingTaskExecutor threads) {
        UploadBounds bounds = new UploadBounds(config.symbols().maxUploadBytes());
        HttpServer.addGrpc(builder, symbols.service(), failures, threads, service -> service.decorate(bounds));
    }

    private void addQuestions(ServerBuilder builder, BlockingTaskExecutor threads) {
        Questions questions = new Questions(
                new QueryMetrics(registry), clock, Runtime.getRuntime().maxMemory(), Questions.MAX_ANSWER_BYTES);
        FrameNamer namer = location -> FrameNamer.ofLines().frames(symbols.named(location));
        FlameQuery flame = new FlameQuery(store, namer);
        KnownTypes types = new KnownTypes(flame);
        List<Object> resources = List.of(
                new TypesResource(store, questions),
                new LabelsResource(store, types, questions),
                new SeriesResource(store, types, questions),
                new DeploysResource(store, types, questions),
                new FlameResource(flame, questions),
                new TopResource(new TopQuery(store, namer), questions),
                new PprofResource(store, new PprofExport(symbols::named), types, questions));
        for (Object resource : resources) {
            builder.annotatedService().blockingTaskExecutor(threads, true).build(resource);
        }
    }
}
